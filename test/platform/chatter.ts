import { randomUUID } from 'node:crypto'
import { encodeEvent } from '@streamkeeper/contracts'
import type { EventLog } from '@streamkeeper/pipeline'
import { chatLine } from './chat-lines.js'

/** Says a line in one of the streams at every tick. */
export function startChatter(options: {
  readonly log: EventLog
  readonly topicPrefix: string
  readonly everyMs: number
  readonly streams: () => readonly string[]
  readonly onError: (error: unknown) => void
}): { stop(): void } {
  let count = 0
  const timer = setInterval(() => {
    const streams = options.streams()
    // Not in turn: else every stream would hear the same few lines again and again.
    const streamId = streams[(count * 5 + Math.floor(count / 7)) % Math.max(1, streams.length)]
    const line = chatLine(count)
    count += 1
    if (streamId !== undefined) sayLine(options, streamId, line).catch(options.onError)
  }, options.everyMs)
  return { stop: () => clearInterval(timer) }
}

async function sayLine(
  { log, topicPrefix }: { readonly log: EventLog; readonly topicPrefix: string },
  streamId: string,
  { text, accountId }: ReturnType<typeof chatLine>,
): Promise<void> {
  const messageId = randomUUID()
  const time = new Date()
  const data = {
    streamId,
    messageId,
    accountId,
    text,
    kind: 'message' as const,
    sentAt: time.toISOString(),
    address: '198.51.100.7',
    port: 50_000,
  }
  await log.publish([
    encodeEvent(topicPrefix, {
      type: 'live.chat.sent',
      id: messageId,
      source: '/test-platform',
      subject: streamId,
      time,
      data,
    }),
  ])
}
