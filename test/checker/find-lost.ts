import { groupBy } from './group-by.js'
import { acceptedIn, canonicalTopics, deadLettersIn, nameOf, positionOf, verdictsIn } from './read-records.js'
import type { BatchRow, Finding, SegmentRow, SentEvent, Sinks } from './types.js'

/** Every acknowledged event reached all of its sinks; one whose send is unknown may have done so or not. */
export function findLost(sent: readonly SentEvent[], sinks: Sinks): Finding[] {
  const accepted = new Set(acceptedIn(sinks).map((one) => one.event))
  const rejected = new Map(deadLettersIn(sinks).map((letter) => [positionOf(letter), String(letter.data['code'])]))
  const seen = { accepted, rejected }
  return [
    ...sent.flatMap((event) => missingTerminal(event, seen)),
    ...missingFromSinks(
      sent.filter((event) => accepted.has(nameOf(event))),
      sinks,
    ),
    ...missingFromArchive(sinks),
  ]
}

function missingTerminal(
  event: SentEvent,
  seen: { accepted: ReadonlySet<string>; rejected: ReadonlyMap<string, string> },
): Finding[] {
  if (event.ack === 'unknown' || event.kind === 'report') return []
  const what = nameOf(event)
  const code = event.position === undefined ? undefined : seen.rejected.get(event.position)
  if (event.code === undefined) {
    if (seen.accepted.has(what)) return []
    return [
      { kind: 'lost', sink: 'moderation', what, detail: `not accepted${code === undefined ? '' : `, but ${code}`}` },
    ]
  }
  if (code === event.code) return []
  return [{ kind: 'lost', sink: 'moderation.dlq', what, detail: `expected ${event.code}, found ${code ?? 'nothing'}` }]
}

function missingFromSinks(accepted: readonly SentEvent[], sinks: Sinks): Finding[] {
  const chat = sinks.judged ? accepted.filter((event) => event.kind === 'chat') : []
  const segments = accepted.filter((event) => event.kind === 'segment')
  const verdicts = new Set(verdictsIn(sinks).map((one) => `${one.subject} ${String(one.data['messageId'])}`))
  const objects = sinks.objects === null ? null : new Set(sinks.objects.map((one) => one.key))
  const spooled = (sinks.segments ?? []).filter((row) => objects?.has(row.spoolKey) ?? true)
  return [
    ...absent('moderation.verdicts', chat, verdicts, (event) => `${event.subject} ${event.messageId ?? ''}`),
    ...absent('stream_segments', segments, namesOf(sinks.segments), segmentName),
    ...absent('staged_segments', segments, namesOf(sinks.stagedSegments), segmentName),
    ...absent('spool', sinks.segments === null ? [] : segments, namesOf(spooled), segmentName),
  ]
}

function absent(
  sink: string,
  events: readonly SentEvent[],
  ...[there, keyOf]: [ReadonlySet<string> | null, (event: SentEvent) => string]
): Finding[] {
  if (there === null) return []
  return events
    .filter((event) => !there.has(keyOf(event)))
    .map((event) => ({ kind: 'lost', sink, what: nameOf(event), detail: `${keyOf(event)} is not there` }))
}

/** What lies on a canonical topic lies in a staged batch as well, offset by offset. */
function missingFromArchive({ records, stagedBatches }: Sinks): Finding[] {
  if (stagedBatches === null) return []
  const byPartition = groupBy(stagedBatches, (batch) => `${batch.topic} ${batch.partition}`)
  return records.flatMap((record): Finding[] => {
    if (!Object.hasOwn(canonicalTopics, record.topic) && record.topic !== 'moderation.dlq') return []
    const batches = byPartition.get(`${record.topic} ${record.partition}`) ?? []
    if (batches.some((batch) => holds(batch, record.offset))) return []
    const what = `${record.topic}:${record.partition}:${record.offset}`
    return [{ kind: 'lost', sink: 'staged_batches', what, detail: 'in no staged batch' }]
  })
}

function holds({ firstOffset, lastOffset }: BatchRow, offset: number): boolean {
  return firstOffset <= offset && offset <= lastOffset
}

function namesOf(rows: readonly SegmentRow[] | null): ReadonlySet<string> | null {
  return rows === null ? null : new Set(rows.map((row) => `${row.streamId} ${row.sequence}`))
}

function segmentName(event: SentEvent): string {
  return `${event.subject} ${event.sequence ?? -1}`
}
