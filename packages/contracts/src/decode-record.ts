import type { z } from 'zod'
import { CloudEvent } from './cloud-event.js'
import type { ErrorCode } from './error-codes.js'
import { events, isEventType, type EventData, type EventType } from './events.js'
import { maxValueBytes, type Topic } from './topics.js'

/** The parts of a log record that decoding needs; the shape of the EventLog port's LogRecord. */
export interface RawRecord {
  readonly key: string | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, string>>
}

export type DecodedEvent = {
  [Type in EventType]: {
    readonly type: Type
    readonly id: string
    readonly source: string
    readonly subject: string
    readonly time: Date
    readonly data: EventData<Type>
    /** All attributes and extensions but data, as they came. */
    readonly attributes: Readonly<Record<string, unknown>>
    /** The bytes of a binary-mode segment. */
    readonly bytes?: Buffer
  }
}[EventType]

export interface Rejection {
  readonly code: ErrorCode
  /** Names the field and what is wrong with it. */
  readonly message: string
}

export type DecodeResult = { readonly event: DecodedEvent } | { readonly rejection: Rejection }

type Found = { attributes: Record<string, unknown>; data: unknown; bytes?: Buffer } | { rejection: Rejection }

function reject(code: ErrorCode, message: string): { rejection: Rejection } {
  return { rejection: { code, message } }
}

/**
 * Checks a record of a topic against the contract: CloudEvents binding, type, schema, ids and key. Never throws.
 * Times are parsed, not judged: what is too old or too far ahead is the reader's rule.
 */
export function decodeRecord(topic: Topic, record: RawRecord): DecodeResult {
  if (record.value === null) return reject('INVALID_EVENT', 'value: the record has none')
  const limit = maxValueBytes(topic)
  if (record.value.length > limit)
    return reject('VALUE_TOO_LARGE', `value: ${record.value.length} bytes, at most ${limit} on ${topic}`)
  const found = isBinaryMode(record) ? readBinary(record, record.value) : readStructured(record.value)
  if ('rejection' in found) return found
  const envelope = CloudEvent.safeParse({ ...found.attributes, data: found.data })
  if (!envelope.success) return reject('INVALID_EVENT', describe(envelope.error))
  return checkData(topic, record, { ...found, envelope: envelope.data })
}

function checkData(
  topic: Topic,
  record: RawRecord,
  { attributes, bytes, envelope }: { attributes: Record<string, unknown>; bytes?: Buffer; envelope: CloudEvent },
): DecodeResult {
  const { type } = envelope
  if (!isEventType(type) || events[type].topic !== topic)
    return reject('UNKNOWN_EVENT_TYPE', `type: ${type} is not carried by ${topic}`)
  const data = events[type].data.safeParse(envelope.data)
  if (!data.success) return reject(codeOf(data.error), describe(data.error, 'data'))
  const keyProblem = checkKey(record.key, envelope.subject, subjectIn(data.data))
  if (keyProblem !== null) return keyProblem
  const event = {
    type,
    id: envelope.id,
    source: envelope.source,
    subject: envelope.subject,
    time: new Date(envelope.time),
    data: data.data,
    attributes,
    ...(bytes === undefined ? {} : { bytes }),
  }
  return { event: event as DecodedEvent }
}

function checkKey(key: string | null, subject: string, owner: string | null): { rejection: Rejection } | null {
  if (key !== null && key !== subject)
    return reject('KEY_MISMATCH', `key: ${clip(key)} differs from subject ${clip(subject)}`)
  if (owner !== null && owner !== subject)
    return reject('KEY_MISMATCH', `subject: ${clip(subject)} differs from data ${clip(owner)}`)
  return null
}

function subjectIn(data: object): string | null {
  if ('streamId' in data && typeof data.streamId === 'string') return data.streamId
  if ('accountId' in data && typeof data.accountId === 'string') return data.accountId
  return null
}

function isBinaryMode(record: RawRecord): boolean {
  const contentType = record.headers['content-type'] ?? ''
  return record.headers['ce_specversion'] !== undefined && !contentType.startsWith('application/cloudevents')
}

function readStructured(value: Buffer): Found {
  let parsed: unknown
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(value))
  } catch (error) {
    return reject('INVALID_JSON', `value: ${error instanceof Error ? error.message : 'not JSON'}`)
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return reject('INVALID_EVENT', 'value: not a JSON object')
  if ('data_base64' in parsed)
    return reject('UNSUPPORTED_MODE', 'data_base64: not taken; send data, or binary mode for a segment')
  const { data, ...attributes } = parsed as Record<string, unknown>
  return { attributes, data }
}

const attributeNames = new Set(['specversion', 'id', 'source', 'type', 'subject', 'time'])
const segmentFields: Readonly<Record<string, [field: string, kind: 'text' | 'number' | 'boolean']>> = {
  streamid: ['streamId', 'text'],
  sequence: ['sequence', 'number'],
  streamtimems: ['streamTimeMs', 'number'],
  durationms: ['durationMs', 'number'],
  mediasha256: ['sha256', 'text'],
  rendition: ['rendition', 'text'],
  discontinuity: ['discontinuity', 'boolean'],
}

function readBinary(record: RawRecord, value: Buffer): Found {
  const attributes: Record<string, unknown> = {}
  const data: Record<string, unknown> = { mediaType: record.headers['content-type'], size: value.length }
  for (const [header, text] of Object.entries(record.headers)) {
    if (!header.startsWith('ce_')) continue
    const name = header.slice(3)
    const field = segmentFields[name]
    if (field !== undefined) data[field[0]] = readHeader(text, field[1])
    else attributes[name] = text
  }
  if (attributes['type'] !== 'live.segment.published')
    return reject('UNSUPPORTED_MODE', 'ce_type: binary mode is for live.segment.published alone')
  for (const name of Object.keys(attributes)) if (!attributeNames.has(name)) data[name] ??= attributes[name]
  return { attributes, data, bytes: value }
}

function readHeader(text: string, kind: 'text' | 'number' | 'boolean'): unknown {
  if (kind === 'number') return /^\d+$/.test(text) ? Number(text) : text
  if (kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  return text
}

function codeOf(error: z.ZodError): ErrorCode {
  const fields = error.issues.map((issue) => String(issue.path.at(-1)))
  return fields.some((field) => field.endsWith('Id')) &&
    error.issues.every((issue) => issue.code === 'invalid_format' || issue.code === 'custom')
    ? 'INVALID_ID'
    : 'INVALID_EVENT'
}

function describe(error: z.ZodError, at = ''): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => `${[at, ...issue.path].filter((part) => part !== '').join('.')}: ${issue.message}`)
    .join('; ')
}

function clip(text: string): string {
  return JSON.stringify(text.length > 140 ? `${text.slice(0, 140)}…` : text)
}
