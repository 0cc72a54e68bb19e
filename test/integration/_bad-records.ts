import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ErrorCode } from '@streamkeeper/contracts'
import { source, type LiveEvents, type Outgoing } from '../harness/live-events.js'

/** A record that must be refused, by the code that it must be refused with. */
export interface BadRecord {
  readonly name: string
  readonly code: ErrorCode
  /** Makes the record; the stream is on air. */
  readonly make: (events: LiveEvents, stream: string, mediaRoot: string) => Outgoing
}

type Json = Record<string, unknown>

/** A sound message whose JSON is then spoiled. */
function spoil(change: (event: Json, data: Json) => Json | Buffer): BadRecord['make'] {
  return (events, stream) => {
    const good = events.chat(stream, 'spoiled', 'a message that is spoiled')
    const event = JSON.parse(good.record.value.toString()) as Json & { data: Json }
    const spoiled = change(event, event.data)
    const value = Buffer.isBuffer(spoiled) ? spoiled : Buffer.from(JSON.stringify(spoiled))
    return { ...good, record: { ...good.record, value } }
  }
}

function without(object: Json, name: string): Json {
  return Object.fromEntries(Object.entries(object).filter(([field]) => field !== name))
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
export const noise = Buffer.alloc(64 * 1024, 'no media')

/** A segment by reference; by default everything about it is right. */
function referred(change: (segment: Json, mediaRoot: string) => Json): BadRecord['make'] {
  return (events, stream, mediaRoot) => {
    const file = join(mediaRoot, `${stream}.ts`)
    writeFileSync(file, noise)
    const data = {
      streamId: stream,
      sequence: 0,
      streamTimeMs: 0,
      durationMs: 2_000,
      mediaType: 'video/mp2t',
      size: noise.length,
      sha256: sha256(noise),
      url: pathToFileURL(file).href,
    }
    const id = `segment-${stream}-0`
    const event = {
      specversion: '1.0',
      id,
      source,
      type: 'live.segment.published',
      subject: stream,
      time: events.now().toISOString(),
      data: change(data, mediaRoot),
    }
    const record = {
      topic: `${events.prefix}live.segments`,
      key: stream,
      value: Buffer.from(JSON.stringify(event)),
      headers: { 'content-type': 'application/cloudevents+json' },
    }
    return { record, about: { kind: 'segment', id, source, subject: stream, sequence: 0, sha256: sha256(noise) } }
  }
}

const hour = 3_600_000

export const badRecords: readonly BadRecord[] = [
  {
    name: 'broken JSON',
    code: 'INVALID_JSON',
    make: spoil((event) => Buffer.from(JSON.stringify(event).slice(0, -9))),
  },
  { name: 'bytes that are no UTF-8', code: 'INVALID_JSON', make: spoil(() => Buffer.from([0x7b, 0xff, 0xfe, 0x7d])) },
  { name: 'an empty value', code: 'INVALID_JSON', make: spoil(() => Buffer.alloc(0)) },
  { name: 'JSON that is no object', code: 'INVALID_EVENT', make: spoil(() => Buffer.from('[1,2,3]')) },
  {
    name: 'a missing field',
    code: 'INVALID_EVENT',
    make: spoil((event, data) => ({ ...event, data: without(data, 'text') })),
  },
  { name: 'a missing attribute', code: 'INVALID_EVENT', make: spoil((event) => without(event, 'source')) },
  {
    name: 'a wrong type',
    code: 'INVALID_EVENT',
    make: spoil((event, data) => ({ ...event, data: { ...data, text: ['a', 'list'] } })),
  },
  {
    name: 'an unknown event type',
    code: 'UNKNOWN_EVENT_TYPE',
    make: spoil((event) => ({ ...event, type: 'live.chat.sung' })),
  },
  {
    name: 'an event type of another topic',
    code: 'UNKNOWN_EVENT_TYPE',
    make: spoil((event) => ({ ...event, type: 'moderation.command.issued' })),
  },
  {
    name: 'an event of 2099',
    code: 'TIME_OUT_OF_RANGE',
    make: spoil((event) => ({ ...event, time: '2099-01-01T00:00:00Z' })),
  },
  {
    name: 'an event of a year ago',
    code: 'TIME_OUT_OF_RANGE',
    make: spoil((event) => ({ ...event, time: new Date(Date.now() - 366 * 24 * hour).toISOString() })),
  },
  {
    name: 'a subject that differs from the stream',
    code: 'KEY_MISMATCH',
    make: spoil((event) => ({ ...event, subject: 'another-stream' })),
  },
  {
    name: 'a key that differs from the subject',
    code: 'KEY_MISMATCH',
    make: (events, stream) => {
      const good = events.chat(stream, 'wrong-key', 'under a wrong key')
      return { ...good, record: { ...good.record, key: `${stream}-wrong` } }
    },
  },
  {
    name: 'a stream id that climbs folders',
    code: 'INVALID_ID',
    make: (events) => events.chat('../../x', 'm', 'out of the room'),
  },
  {
    name: 'a message id that climbs folders',
    code: 'INVALID_ID',
    make: spoil((event, data) => ({ ...event, data: { ...data, messageId: '../../x' } })),
  },
  {
    name: 'an id of 129 characters',
    code: 'INVALID_ID',
    make: spoil((event, data) => ({ ...event, data: { ...data, messageId: 'm'.repeat(129) } })),
  },
  {
    name: 'data in base64',
    code: 'UNSUPPORTED_MODE',
    make: spoil(({ data, ...event }) => ({
      ...event,
      data_base64: Buffer.from(JSON.stringify(data)).toString('base64'),
    })),
  },
  {
    name: 'a text of 10,001 characters',
    code: 'TEXT_TOO_LONG',
    make: (events, stream) => events.chat(stream, 'long', '字'.repeat(10_001)),
  },
  {
    name: 'a value above 1 MiB',
    code: 'VALUE_TOO_LARGE',
    make: spoil((event) => ({ ...event, padding: 'x'.repeat(1024 * 1024) })),
  },
  {
    name: 'a stream that nobody started',
    code: 'STREAM_UNKNOWN',
    make: (events, stream) => events.chat(`${stream}-unknown`, 'm', 'to nobody'),
  },
  {
    name: 'the end of a stream that nobody started',
    code: 'STREAM_UNKNOWN',
    make: (events, stream) => events.ended(`${stream}-unknown`),
  },
  {
    name: 'a digest that does not match',
    code: 'DIGEST_MISMATCH',
    make: (events, stream) => {
      const good = events.segment(stream, 0, noise)
      return { ...good, record: { ...good.record, value: Buffer.concat([noise.subarray(1), Buffer.from('!')]) } }
    },
  },
  {
    name: 'a size that does not match',
    code: 'SIZE_MISMATCH',
    make: referred((data) => ({ ...data, size: noise.length + 1 })),
  },
  { name: 'a segment without media', code: 'MEDIA_MISSING', make: referred((data) => without(data, 'url')) },
  {
    name: 'a file that is not there',
    code: 'MEDIA_MISSING',
    make: referred((data, root) => ({ ...data, url: pathToFileURL(join(root, 'nothing.ts')).href })),
  },
  {
    name: 'a file outside of the media root',
    code: 'MEDIA_URL_NOT_ALLOWED',
    make: referred((data) => ({ ...data, url: 'file:///etc/hostname' })),
  },
  {
    name: 'a path that climbs out of the media root',
    code: 'MEDIA_URL_NOT_ALLOWED',
    make: referred((data, root) => ({ ...data, url: `file://${root}/../../../../../../etc/hostname` })),
  },
  {
    name: 'an address on the web',
    code: 'MEDIA_URL_NOT_ALLOWED',
    make: referred((data) => ({ ...data, url: 'https://192.0.2.1/segment.ts' })),
  },
]
