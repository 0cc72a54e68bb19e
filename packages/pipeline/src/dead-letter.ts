import { createHash } from 'node:crypto'
import { encodeEvent, type EventInput, type RecordRejected, type SpoolReference } from '@streamkeeper/contracts'
import type { Rejection } from './consume-options.js'
import type { EventLog, LogRecord } from './ports/event-log.js'

/** Larger values go to the spool: the dead-letter topic takes records of 1 MiB, and base64 adds a third. */
export const maxInlineBytes = 256 * 1024
const maxHeaderBytes = 16 * 1024
const maxKeyLength = 512
const maxMessageLength = 2000

/** Stores bytes where the dead letter can name them. Must be idempotent by the digest. */
export type SpoolRejected = (
  bytes: Buffer,
  about: { readonly id: string; readonly sha256: string },
) => Promise<SpoolReference>

export interface DeadLetterParts {
  /** CloudEvents source, e.g. `/streamkeeper/ingest`. */
  readonly source: string
  readonly now: () => number
  readonly spool: SpoolRejected
}

/** The same for every attempt, so that a replay makes the same dead letter: `<topic>:<partition>:<offset>`. */
export function deadLetterId({ topic, partition, offset }: Pick<LogRecord, 'topic' | 'partition' | 'offset'>): string {
  return `${topic}:${partition}:${offset}`
}

/**
 * The `moderation.record.rejected` event of a record: raw bytes as base64, or above 256 KB where they lie in the spool.
 * What a hostile producer made too large for the topic (key, headers) is cut and says so.
 */
export async function buildDeadLetter(
  record: LogRecord,
  rejection: Rejection,
  parts: DeadLetterParts,
): Promise<EventInput<'moderation.record.rejected'>> {
  const { topic, partition, key } = record
  const id = deadLetterId(record)
  const isKeyCut = key !== null && key.length > maxKeyLength
  const data: RecordRejected = {
    topic,
    partition,
    offset: String(record.offset),
    key: isKeyCut ? key.slice(0, maxKeyLength) : key,
    ...(isKeyCut ? { keyCut: true } : {}),
    code: rejection.code,
    message: rejection.message.slice(0, maxMessageLength),
    stage: rejection.stage,
    attempts: rejection.attempts,
    firstSeenAt: rejection.firstSeenAt.toISOString(),
    ...takeHeaders(record.headers),
    ...(await takeValue(record.value, id, parts)),
  }
  const subject = key === null || key === '' || isKeyCut ? `${topic}:${partition}` : key
  const { source } = parts
  return { type: 'moderation.record.rejected', id, source, subject, time: new Date(parts.now()), data }
}

/** The `deadLetter` of a consumer: resolves when the dead letter is acknowledged by the log. */
export function createDeadLetter(
  parts: DeadLetterParts & { readonly log: Pick<EventLog, 'publish'>; readonly topicPrefix: string },
): (record: LogRecord, rejection: Rejection) => Promise<void> {
  return async function deadLetter(record, rejection) {
    const event = await buildDeadLetter(record, rejection, parts)
    await parts.log.publish([encodeEvent(parts.topicPrefix, event)])
  }
}

async function takeValue(
  value: Buffer | null,
  id: string,
  parts: DeadLetterParts,
): Promise<Pick<RecordRejected, 'value' | 'sha256' | 'spool'>> {
  if (value === null) return {}
  const sha256 = createHash('sha256').update(value).digest('hex')
  if (value.length <= maxInlineBytes) return { value: value.toString('base64'), sha256 }
  return { sha256, spool: await parts.spool(value, { id, sha256 }) }
}

function takeHeaders(headers: Readonly<Record<string, string>>): Pick<RecordRejected, 'headers'> {
  const kept: [string, string][] = []
  let size = 0
  const all = Object.entries(headers)
  for (const [name, text] of all) {
    const bytes = Buffer.byteLength(name) + Buffer.byteLength(text)
    if (size + bytes > maxHeaderBytes) continue
    size += bytes
    kept.push([name, text])
  }
  if (all.length === 0) return {}
  return { headers: Object.fromEntries(kept), ...(kept.length < all.length ? { headersCut: true } : {}) }
}
