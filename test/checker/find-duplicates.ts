import { groupBy } from './group-by.js'
import { acceptedIn, firstAppearances, verdictsIn } from './read-records.js'
import type { BatchRow, Finding, Sinks } from './types.js'

/** Open states of a case: a stream has at most one case in them. */
const openStates = new Set(['open', 'claimed'])

/** No event had an effect twice. A record that lies twice with the same id is no effect (see find-altered). */
export function findDuplicates(sinks: Sinks): Finding[] {
  return [...twiceOnTopics(sinks), ...twiceInStores(sinks), ...twiceInDatabase(sinks), ...overlaps(sinks)]
}

function twiceOnTopics(sinks: Sinks): Finding[] {
  const signals = firstAppearances(sinks.records).filter((one) => one.type === 'moderation.signal.raised')
  return [
    ...repeated('moderation', acceptedIn(sinks), ({ event }) => event),
    ...repeated('moderation.verdicts', verdictsIn(sinks), (one) => `${one.subject} ${String(one.data['messageId'])}`),
    ...repeated('moderation.signals', signals, ({ subject, data }) =>
      JSON.stringify([subject, data['lane'], data['label'], data['source'], data['messageId'] ?? data['streamTimeMs']]),
    ),
  ]
}

function twiceInStores({ objects }: Sinks): Finding[] {
  return (objects ?? [])
    .filter((object) => object.versions.length > 1)
    .map((object) => ({
      kind: 'duplicate',
      sink: object.store,
      what: object.key,
      detail: `${object.versions.length} versions`,
    }))
}

function twiceInDatabase({ segments, stagedSegments, cases, decisions, commands }: Sinks): Finding[] {
  const open = (cases ?? []).filter((row) => openStates.has(row.state))
  return [
    ...repeated('stream_segments', segments ?? [], (row) => `${row.streamId} ${row.sequence}`),
    ...repeated('staged_segments', stagedSegments ?? [], (row) => `${row.streamId} ${row.sequence}`),
    ...repeated('cases', open, (row) => `open case of ${row.streamId}`),
    ...repeated('decisions', decisions ?? [], (row) => row.decisionId),
    ...repeated('commands', commands ?? [], (row) => row.commandId),
    ...repeated('commands', commands ?? [], (row) => `number ${row.sequence} of ${row.streamId}`),
    ...repeated('commands', commands ?? [], (row) => `${row.action} of ${row.decisionId ?? row.caseId}`),
  ]
}

function repeated<T>(sink: string, items: readonly T[], nameOf: (item: T) => string): Finding[] {
  return [...groupBy(items, nameOf)]
    .filter(([, group]) => group.length > 1)
    .map(([what, group]) => ({ kind: 'duplicate', sink, what, detail: `${group.length} times` }))
}

/** A log record staged in two batches would be kept twice. */
function overlaps({ stagedBatches }: Sinks): Finding[] {
  return [...groupBy(stagedBatches ?? [], (batch) => `${batch.topic}:${batch.partition}`)].flatMap(([what, batches]) =>
    pairs(batches.toSorted((a, b) => a.firstOffset - b.firstOffset))
      .filter(([before, after]) => after.firstOffset <= before.lastOffset)
      .map(([before, after]) => ({
        kind: 'duplicate' as const,
        sink: 'staged_batches',
        what,
        detail: `${after.firstOffset} is staged again, after ${before.firstOffset} to ${before.lastOffset}`,
      })),
  )
}

function pairs(batches: readonly BatchRow[]): [BatchRow, BatchRow][] {
  return batches.slice(1).flatMap((after, index): [BatchRow, BatchRow][] => {
    const before = batches[index]
    return before === undefined ? [] : [[before, after]]
  })
}
