import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { encodeEvent, encodeInlineSegment, type EventInput, type EventType } from '@streamkeeper/contracts'
import type { CutSegment } from '@streamkeeper/media'
import type { EventLog } from '@streamkeeper/pipeline'
import type { ChatLine } from './read-chat.js'

const source = '/streamkeeper/publish'

/** Publishes what a platform would say of one stream. */
export interface Sender {
  event<Type extends EventType>(type: Type, subject: string, data: EventInput<Type>['data']): Promise<void>
  segment(
    segment: CutSegment,
    at: { readonly sequence: number; readonly streamTimeMs: number; readonly discontinuity: boolean },
  ): Promise<void>
  chat(line: ChatLine): Promise<void>
}

export function createSender(log: EventLog, prefix: string, streamId: string): Sender {
  const send = async <Type extends EventType>(event: Omit<EventInput<Type>, 'source'>): Promise<void> => {
    await log.publish([encodeEvent(prefix, { ...event, source })])
  }
  return {
    event: (type, subject, data) => {
      const time = new Date()
      return send({ type, id: idFor(`${subject}:${type}:${time.getTime()}`), subject, time, data })
    },
    chat: ({ messageId, ...line }) => {
      const time = new Date()
      const data = { streamId, messageId, sentAt: time.toISOString(), ...line }
      return send({ type: 'live.chat.sent', id: idFor(`${streamId}:${messageId}`), subject: streamId, time, data })
    },
    segment: async ({ path, durationMs, mediaType, sha256 }, at) => {
      const data = { streamId, durationMs, mediaType, sha256, ...at }
      await log.publish([
        encodeInlineSegment(
          prefix,
          { id: idFor(`${streamId}:${at.sequence}`), source, subject: streamId, time: new Date(), data },
          await readFile(path),
        ),
      ])
    },
  }
}

/** Ids may have 128 characters, and a stream's id may have as many itself. */
function idFor(name: string): string {
  return name.length <= 128 ? name : createHash('sha256').update(name).digest('hex')
}
