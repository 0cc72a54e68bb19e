import { randomUUID } from 'node:crypto'
import { encodeEvent } from '@streamkeeper/contracts'
import type { EventLog } from '@streamkeeper/pipeline'

const lines = [
  '主播好',
  '今天讲什么?',
  'hello from Lisbon',
  '这个镜头好看',
  'nice one',
  '哈哈哈哈',
  'what is the song?',
  '第一次来',
  'great quality today',
  '晚上好',
  // Harmless words of the demo lexicon, some of them in disguise.
  'who sells a blue kite here?',
  '有没有蓝色风筝',
  'ｂｌｕｅ　ｋｉｔｅ anyone',
  '纸\u200B灯\u200B笼 加我',
  'BLUE KITE!!',
  'paper lantern, paper lantern',
] as const

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
    const streamId = streams[count % Math.max(1, streams.length)]
    const text = lines[count % lines.length]
    count += 1
    if (streamId !== undefined && text !== undefined) sayLine(options, streamId, text).catch(options.onError)
  }, options.everyMs)
  return { stop: () => clearInterval(timer) }
}

async function sayLine(
  { log, topicPrefix }: { log: EventLog; topicPrefix: string },
  streamId: string,
  text: string,
): Promise<void> {
  const messageId = randomUUID()
  const time = new Date()
  const data = {
    streamId,
    messageId,
    accountId: `viewer-${text.length % 7}`,
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
