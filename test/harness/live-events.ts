import { createHash } from 'node:crypto'
import {
  encodeEvent,
  encodeInlineSegment,
  type EncodedRecord,
  type EventInput,
  type EventType,
} from '@streamkeeper/contracts'
import type { SentEvent } from '../checker/types.js'

/** An event ready to be sent, and what the checker must know of it. */
export interface Outgoing {
  readonly record: EncodedRecord
  readonly about: Omit<SentEvent, 'ack' | 'position'>
}

export const source = '/test-platform'

type LiveType = Extract<EventType, `live.${string}`>

/** Makes events of a platform: ids are unique by what they name. */
export class LiveEvents {
  constructor(
    readonly prefix: string,
    readonly now: () => Date = () => new Date(),
  ) {}

  account(accountId: string): Outgoing {
    const time = this.now()
    const data = { accountId, realName: 'verified' as const, updatedAt: time.toISOString() }
    return this.#make('account', {
      type: 'live.account.updated',
      id: `account-${accountId}`,
      subject: accountId,
      time,
      data,
    })
  }

  started(streamId: string, accountId: string): Outgoing {
    const time = this.now()
    const data = {
      streamId,
      streamer: { accountId },
      title: `Stream ${streamId}`,
      class: 'entertainment' as const,
      ingest: { address: '192.0.2.7', port: 1935 },
      startedAt: time.toISOString(),
    }
    return this.#make('session', {
      type: 'live.session.started',
      id: `start-${streamId}`,
      subject: streamId,
      time,
      data,
    })
  }

  ended(streamId: string, time: Date = this.now()): Outgoing {
    const data = { streamId, endedAt: time.toISOString(), reason: 'normal' as const }
    return this.#make('session', { type: 'live.session.ended', id: `end-${streamId}`, subject: streamId, time, data })
  }

  acknowledged(streamId: string, commandId: string): Outgoing {
    const time = this.now()
    const data = { streamId, commandId, result: 'done' as const, acknowledgedAt: time.toISOString() }
    return this.#make('ack', {
      type: 'live.command.acknowledged',
      id: `ack-${commandId}`,
      subject: streamId,
      time,
      data,
    })
  }

  chat(streamId: string, messageId: string, text: string): Outgoing {
    const time = this.now()
    const data = {
      streamId,
      messageId,
      accountId: 'viewer-1',
      text,
      kind: 'message' as const,
      sentAt: time.toISOString(),
    }
    const event = {
      type: 'live.chat.sent' as const,
      id: `chat-${streamId}-${messageId}`,
      subject: streamId,
      time,
      data,
    }
    return this.#make('chat', event, { messageId })
  }

  segment(streamId: string, sequence: number, bytes: Buffer): Outgoing {
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const id = `segment-${streamId}-${sequence}`
    const data = {
      streamId,
      sequence,
      streamTimeMs: sequence * 2_000,
      durationMs: 2_000,
      mediaType: 'video/mp2t' as const,
      sha256,
    }
    const record = encodeInlineSegment(this.prefix, { id, source, subject: streamId, time: this.now(), data }, bytes)
    return { record, about: { kind: 'segment', id, source, subject: streamId, sequence, sha256 } }
  }

  /** A segment whose media lies elsewhere. */
  segmentAt(url: string, about: { streamId: string; sequence: number; bytes: Buffer }): Outgoing {
    const { streamId, sequence, bytes } = about
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const data = {
      streamId,
      sequence,
      streamTimeMs: sequence * 2_000,
      durationMs: 2_000,
      mediaType: 'video/mp2t' as const,
      size: bytes.length,
      sha256,
      url,
    }
    const id = `segment-${streamId}-${sequence}`
    const event = { type: 'live.segment.published' as const, id, subject: streamId, time: this.now(), data }
    return this.#make('segment', event, { sequence, sha256 })
  }

  #make<Type extends LiveType>(
    kind: SentEvent['kind'],
    event: Omit<EventInput<Type>, 'source'>,
    more: Partial<SentEvent> = {},
  ): Outgoing {
    const { id, subject } = event
    const record = encodeEvent(this.prefix, { ...event, source })
    return { record, about: { kind, id, source, subject, ...more } }
  }
}
