import type { SentEvent, SinkRecord, Sinks } from './types.js'

/** Canonical topics and the kind of event that each carries. */
export const canonicalTopics: Readonly<Record<string, SentEvent['kind']>> = {
  'moderation.sessions': 'session',
  'moderation.accounts': 'account',
  'moderation.segments': 'segment',
  'moderation.chat': 'chat',
  'moderation.acks': 'ack',
}

/** A canonical record, and what it says about where it came from. */
export interface Accepted {
  readonly record: SinkRecord
  readonly event: string
}

/** What names an event: source and id together. */
export function nameOf(event: { readonly source: string; readonly id: string }): string {
  return `${event.source} ${event.id}`
}

/** Coordinates as a dead letter tells them. */
export function positionOf(record: SinkRecord): string {
  const { topic, partition, offset } = record.data
  return [topic, partition, offset].map(String).join(':')
}

/** Each id once, at its first appearance, in log order: repeats are judged by find-altered alone. */
export function firstAppearances(records: readonly SinkRecord[]): readonly SinkRecord[] {
  const first = new Map<string, SinkRecord>()
  for (const record of sorted(records)) {
    const key = `${record.topic} ${record.id}`
    if (!first.has(key)) first.set(key, record)
  }
  return [...first.values()]
}

function sorted(records: readonly SinkRecord[]): SinkRecord[] {
  return records.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset)
}

/** What ingest handed on or refused by name, that is: everything on a canonical topic that tells an origin. */
export function acceptedIn({ records }: Sinks): readonly Accepted[] {
  return firstAppearances(records).flatMap((record) => {
    if (!Object.hasOwn(canonicalTopics, record.topic)) return []
    const origin = originOf(record)
    return origin === null ? [] : [{ record, event: nameOf(origin) }]
  })
}

export function deadLettersIn({ records }: Sinks): readonly SinkRecord[] {
  return firstAppearances(records).filter((record) => record.topic === 'moderation.dlq')
}

/** First verdicts; the second one of a held message is an effect of its own. */
export function verdictsIn({ records }: Sinks): readonly SinkRecord[] {
  return firstAppearances(records).filter(
    (record) => record.topic === 'moderation.verdicts' && record.data['final'] !== true,
  )
}

/** Boundaries and gaps come from a clock or from many events, so that they have no origin. */
function originOf({ data }: SinkRecord): { source: string; id: string } | null {
  const origin = data['origin']
  if (typeof origin !== 'object' || origin === null || !('id' in origin) || !('source' in origin)) return null
  return { id: String(origin.id), source: String(origin.source) }
}
