import { decodeRecord, topicName, type RecordRejected } from '@streamkeeper/contracts'
import type { EventLog, LogRecord } from '@streamkeeper/pipeline'

/** A dead letter: what was rejected, where it lay, why, and its bytes or where they are. */
export interface DeadLetter {
  /** `<topic>:<partition>:<offset>` of the record that was rejected. */
  readonly id: string
  readonly rejected: RecordRejected
}

export interface DeadLetterFilter {
  /** Error code of docs/errors.md. */
  readonly code?: string | undefined
  /** Topic of the record that was rejected, as it is called in the log. */
  readonly topic?: string | undefined
  readonly since?: Date | undefined
  readonly ids?: readonly string[] | undefined
}

const pageSize = 500

/** Dead letters that the log still holds, oldest first, each once: a letter may lie there twice. */
export async function readDeadLetters(
  log: Pick<EventLog, 'bounds' | 'read'>,
  prefix: string,
  filter: DeadLetterFilter,
): Promise<readonly DeadLetter[]> {
  const topic = topicName(prefix, 'moderation.dlq')
  const found = new Map<string, DeadLetter>()
  for (const place of await log.bounds(topic))
    for await (const record of readAll(log, topic, place)) {
      const letter = readLetter(record)
      if (letter !== null && matches(letter, filter)) found.set(letter.id, letter)
    }
  return [...found.values()].sort((a, b) => a.rejected.firstSeenAt.localeCompare(b.rejected.firstSeenAt))
}

async function* readAll(
  log: Pick<EventLog, 'read'>,
  topic: string,
  { partition, first, end }: { readonly partition: number; readonly first: bigint; readonly end: bigint },
): AsyncGenerator<LogRecord> {
  for (let at = first; at < end;) {
    const records = await log.read(topic, partition, at, pageSize)
    yield* records
    const last = records.at(-1)
    if (last === undefined) return
    at = last.offset + 1n
  }
}

function readLetter(record: LogRecord): DeadLetter | null {
  const decoded = decodeRecord('moderation.dlq', record)
  if (!('event' in decoded) || decoded.event.type !== 'moderation.record.rejected') return null
  return { id: decoded.event.id, rejected: decoded.event.data }
}

function matches({ id, rejected }: DeadLetter, { code, topic, since, ids }: DeadLetterFilter): boolean {
  return (
    (code === undefined || rejected.code === code) &&
    (topic === undefined || rejected.topic === topic) &&
    (since === undefined || new Date(rejected.firstSeenAt) >= since) &&
    (ids === undefined || ids.includes(id))
  )
}
