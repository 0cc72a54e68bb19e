import { events, type EventData, type EventType } from './events.js'
import type { MediaType } from './fields.js'
import { topicName, type Topic } from './topics.js'

/** A record ready to be published; the shape of the EventLog port's OutgoingRecord. */
export interface EncodedRecord {
  readonly topic: string
  readonly key: string
  readonly value: Buffer
  readonly headers: Readonly<Record<string, string>>
}

export interface EventInput<Type extends EventType> {
  readonly type: Type
  readonly id: string
  readonly source: string
  /** Record key and CloudEvents subject: the stream, account or actor. */
  readonly subject: string
  readonly time: Date
  readonly data: EventData<Type>
  /** CloudEvents extension attributes, e.g. keyid and signature. */
  readonly extensions?: Readonly<Record<string, string>>
}

export interface StructuredEvent<Type extends EventType> {
  specversion: '1.0'
  id: string
  source: string
  type: Type
  subject: string
  time: string
  datacontenttype: 'application/json'
  data: EventData<Type>
  [extension: string]: unknown
}

/** The CloudEvent as a plain object, ready for signing or for JSON. */
export function buildEvent<Type extends EventType>(input: EventInput<Type>): StructuredEvent<Type> {
  return {
    specversion: '1.0',
    id: input.id,
    source: input.source,
    type: input.type,
    subject: input.subject,
    time: input.time.toISOString(),
    datacontenttype: 'application/json',
    ...input.extensions,
    data: input.data,
  }
}

/** Structured mode of the CloudEvents Kafka binding: the whole event is the value, as JSON. */
export function encodeEvent<Type extends EventType>(prefix: string, input: EventInput<Type>): EncodedRecord {
  return encodeBuiltEvent(prefix, buildEvent(input))
}

/** The same for an event that was built (and perhaps signed) before. */
export function encodeBuiltEvent<Type extends EventType>(prefix: string, event: StructuredEvent<Type>): EncodedRecord {
  const topic: Topic = events[event.type].topic
  return {
    topic: topicName(prefix, topic),
    key: event.subject,
    value: Buffer.from(JSON.stringify(event)),
    headers: { 'content-type': 'application/cloudevents+json; charset=UTF-8' },
  }
}

/** The data of an inline segment; its size is the length of the bytes. */
export interface SegmentFields {
  readonly streamId: string
  readonly sequence: number
  readonly streamTimeMs: number
  readonly durationMs: number
  readonly mediaType: MediaType
  readonly sha256: string
  readonly discontinuity?: boolean
  readonly rendition?: string
}

/** Binary mode: attributes and fields in `ce_` headers, the bytes of the segment as the value. */
export function encodeInlineSegment(
  prefix: string,
  input: Omit<EventInput<'live.segment.published'>, 'data' | 'type'> & { data: SegmentFields },
  bytes: Buffer,
): EncodedRecord {
  const { data } = input
  return {
    topic: topicName(prefix, 'live.segments'),
    key: input.subject,
    value: bytes,
    headers: {
      ce_specversion: '1.0',
      ce_id: input.id,
      ce_source: input.source,
      ce_type: 'live.segment.published',
      ce_subject: input.subject,
      ce_time: input.time.toISOString(),
      ce_streamid: data.streamId,
      ce_sequence: String(data.sequence),
      ce_streamtimems: String(data.streamTimeMs),
      ce_durationms: String(data.durationMs),
      ce_mediasha256: data.sha256,
      ...(data.discontinuity === undefined ? {} : { ce_discontinuity: String(data.discontinuity) }),
      ...(data.rendition === undefined ? {} : { ce_rendition: data.rendition }),
      'content-type': data.mediaType,
    },
  }
}
