import type { RecordClass, StreamClass } from '@streamkeeper/contracts'
import type { SealPlan, StagedBatchRow, StagedSegmentRow, WindowRow } from '@streamkeeper/database'
import { encodeKey } from '@streamkeeper/pipeline'
import { retentionOf, type Profile, type RetentionAnswer } from '@streamkeeper/policy'
import { pad } from './log-lines.js'

/** Larger objects of log batches are cut, between two batches. */
const maxLogBytes = 64 * 1024 * 1024
const maxLogBatches = 200

/** Times from which things are kept. */
export interface KeepFrom {
  readonly profile: Profile
  readonly now: Date
}

export interface StreamFacts {
  readonly class: StreamClass | null
  readonly endedAt: Date | null
}

/** The object of one window: its segments in the order of their sequence. Null when the window is empty. */
export function mediaPlan(
  window: WindowRow,
  segments: readonly StagedSegmentRow[],
  stream: StreamFacts,
  { profile, now }: KeepFrom,
): SealPlan | null {
  const ordered = segments.toSorted((a, b) => a.sequence - b.sequence)
  const [first, last] = [ordered[0], ordered.at(-1)]
  if (first === undefined || last === undefined) return null
  const { streamId, index } = window
  const times = [...ordered.flatMap((one) => [one.receivedAt, one.brokerAt]), now]
  if (stream.endedAt !== null) times.push(stream.endedAt)
  return {
    kind: 'media',
    key: `media/${encodeKey(streamId)}/${pad(index, 8)}-${first.sequence}-${last.sequence}.bin`,
    streamId,
    topic: null,
    parts: ordered.map(({ spoolKey, sha256, size, sequence }) => ({ spoolKey, sha256, size, name: String(sequence) })),
    index: mediaIndex(window, ordered),
    ...kept(retentionOf(profile, { kind: 'media', streamClass: stream.class, times })),
  }
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

/** The object of some batches of one partition. */
export function logPlan(batches: readonly StagedBatchRow[], { profile, now }: KeepFrom): SealPlan {
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
    ...kept(retentionOf(profile, { kind: kindOf(topic), streamClass: null, times })),
  }
}

const decisions = new Set(['moderation.decisions', 'moderation.commands', 'moderation.cases', 'moderation.access'])
const chat = new Set(['moderation.chat', 'moderation.verdicts'])

export function kindOf(topic: string): RecordClass {
  if (decisions.has(topic)) return 'decision'
  return chat.has(topic) ? 'chat' : 'log'
}

/** Stores count in whole seconds: upwards, so that nothing is kept too short. */
function kept({ until, mode, because }: RetentionAnswer): Pick<SealPlan, 'retainUntil' | 'mode' | 'because'> {
  const whole = new Date(Math.ceil(until.getTime() / 1000) * 1000)
  return { retainUntil: whole.toISOString(), mode, because: `${because.floor}: ${because.source}` }
}
