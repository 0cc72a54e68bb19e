import type { RecordClass, StreamClass } from '@streamkeeper/contracts'
import type { KeptFor, SealPlan, StagedBatchRow, StagedSegmentRow, WindowRow } from '@streamkeeper/database'
import { encodeKey } from '@streamkeeper/pipeline'
import { retentionOf, type Profile } from '@streamkeeper/policy'
import { kindOf } from './kind-of.js'
import { pad } from './log-lines.js'

/** Larger objects of log batches are cut, between two batches. */
const maxLogBytes = 64 * 1024 * 1024
const maxLogBatches = 200
/** A sealed object is held in memory whole, twice for a moment. */
const maxMediaBytes = 64 * 1024 * 1024

/** Times from which things are kept. */
export interface KeepFrom {
  readonly profile: Profile
  readonly now: Date
}

/** Class and end of a stream; null for one that is not known. */
export interface RetentionFacts {
  readonly streamId: string
  readonly class: StreamClass | null
  readonly endedAt: Date | null
}

/** A window's media in objects that fit into memory, in the order of their sequence; none when the window is empty. */
export function mediaPlans(
  window: WindowRow,
  segments: readonly StagedSegmentRow[],
  stream: RetentionFacts,
  from: KeepFrom,
): SealPlan[] {
  const groups: StagedSegmentRow[][] = []
  let size = 0
  for (const segment of segments.toSorted((a, b) => a.sequence - b.sequence)) {
    size += segment.size
    const group = groups.at(-1)
    if (group !== undefined && size <= maxMediaBytes) group.push(segment)
    else {
      groups.push([segment])
      size = segment.size
    }
  }
  return groups.map((group) => mediaPlan(window, group, stream, from))
}

function mediaPlan(
  window: WindowRow,
  segments: readonly StagedSegmentRow[],
  stream: RetentionFacts,
  { profile, now }: KeepFrom,
): SealPlan {
  const { streamId, index } = window
  const [first = 0, last = first] = [segments[0]?.sequence, segments.at(-1)?.sequence]
  const times = [...segments.flatMap((one) => [one.receivedAt, one.brokerAt]), now]
  return {
    kind: 'media',
    key: `media/${encodeKey(streamId)}/${pad(index, 8)}-${first}-${last}.bin`,
    streamId,
    topic: null,
    parts: segments.map(({ spoolKey, sha256, size, sequence }) => ({ spoolKey, sha256, size, name: String(sequence) })),
    index: mediaIndex(window, segments),
    ...keptUntil(profile, { kind: 'media', streams: [stream], times }),
  }
}

/** Whose content the objects hold: media in both of its objects, chat in one. */
export function keptForOf(
  plan: SealPlan,
  streams: readonly RetentionFacts[],
  { now }: Pick<KeepFrom, 'now'>,
): KeptFor[] {
  const kind = plan.topic === null ? 'media' : kindOf(plan.topic)
  return keysOf(plan).flatMap((objectKey) =>
    streams.map(({ streamId, class: countedClass, endedAt }) => ({
      objectKey,
      streamId,
      kind,
      countedFrom: now,
      countedClass,
      countedEnd: endedAt,
    })),
  )
}

/** Keys of the objects that a plan makes. */
export function keysOf({ kind, key }: SealPlan): readonly string[] {
  return kind === 'media' ? [key, indexKey(key)] : [key]
}

/** Key of the second object of a window, which says where each segment lies in the first. */
export function indexKey(mediaKey: string): string {
  return mediaKey.replace(/\.bin$/, '.index.json')
}

function mediaIndex(
  { streamId, index, reason, closedAt }: WindowRow,
  segments: readonly StagedSegmentRow[],
): SealPlan['index'] {
  let at = 0
  return {
    streamId,
    window: index,
    reason,
    closedAt: closedAt.toISOString(),
    segments: segments.map((segment) => {
      const start = at
      at += segment.size
      return {
        sequence: segment.sequence,
        start,
        size: segment.size,
        sha256: segment.sha256,
        mediaType: segment.mediaType,
        streamTimeMs: segment.streamTimeMs,
        durationMs: segment.durationMs,
        receivedAt: segment.receivedAt.toISOString(),
        brokerAt: segment.brokerAt.toISOString(),
        source: { topic: 'moderation.segments', partition: segment.partition, offset: String(segment.offset) },
      }
    }),
  }
}

/** Batches of one partition together, cut where an object would get too large. Takes them in the order of their offsets. */
export function groupBatches(batches: readonly StagedBatchRow[]): StagedBatchRow[][] {
  const groups: StagedBatchRow[][] = []
  for (const batch of batches) {
    const group = groups.at(-1)
    if (group !== undefined && fits(group, batch)) group.push(batch)
    else groups.push([batch])
  }
  return groups
}

function fits(group: readonly StagedBatchRow[], { topic, partition, size }: StagedBatchRow): boolean {
  const isSame = group[0]?.topic === topic && group[0].partition === partition
  const bytes = group.reduce((sum, one) => sum + one.size, size)
  return isSame && bytes <= maxLogBytes && group.length < maxLogBatches
}

/** The object of some batches of one partition; kept for the longest that any stream in it asks for. */
export function logPlan(
  batches: readonly StagedBatchRow[],
  streams: readonly RetentionFacts[],
  { profile, now }: KeepFrom,
): SealPlan {
  const [first, last] = [batches[0], batches.at(-1)]
  if (first === undefined || last === undefined) throw new RangeError('a log object needs a batch')
  const { topic, partition, firstOffset } = first
  const times = [...batches.flatMap((one) => [one.brokerFirstAt, one.brokerLastAt, one.stagedAt]), now]
  return {
    kind: 'log',
    key: `logs/${topic}/${partition}/${pad(firstOffset, 20)}-${pad(last.lastOffset, 20)}.jsonl.gz`,
    streamId: null,
    topic,
    parts: batches.map(({ spoolKey, sha256, size, ...batch }) => ({
      spoolKey,
      sha256,
      size,
      name: String(batch.firstOffset),
    })),
    index: {
      topic,
      partition,
      batches: batches.map((one) => ({
        firstOffset: String(one.firstOffset),
        lastOffset: String(one.lastOffset),
        records: one.records,
        sha256: one.sha256,
      })),
    },
    ...keptUntil(profile, { kind: kindOf(topic), streams, times }),
  }
}

interface Keep {
  readonly kind: RecordClass
  readonly streams: readonly Pick<RetentionFacts, 'class' | 'endedAt'>[]
  readonly times: readonly Date[]
}

/** The latest date that any of the streams asks for; what is of no stream is asked for once. */
export function keptUntil(
  profile: Profile,
  { kind, streams, times }: Keep,
): Pick<SealPlan, 'retainUntil' | 'mode' | 'because'> {
  const asked = streams.length === 0 ? [{ class: null, endedAt: null }] : streams
  const [latest] = asked
    .map(({ class: streamClass, endedAt }) =>
      retentionOf(profile, { kind, streamClass, times: endedAt === null ? times : [...times, endedAt] }),
    )
    .toSorted((a, b) => b.until.getTime() - a.until.getTime())
  if (latest === undefined) throw new RangeError('nothing asks for retention')
  const { until, mode, because } = latest
  // Stores count in whole seconds: upwards, so that nothing is kept too short.
  const whole = new Date(Math.ceil(until.getTime() / 1000) * 1000)
  return { retainUntil: whole.toISOString(), mode, because: `${because.floor}: ${because.source}` }
}
