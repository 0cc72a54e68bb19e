import type { MediaType } from '@streamkeeper/contracts'
import type { LogRecord } from '@streamkeeper/pipeline'
import { and, eq, lt, sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Queries } from './database.js'
import { streams, streamSegments } from './schema/index.js'

export type SegmentRow = typeof streamSegments.$inferSelect

export async function findSegment(
  { orm }: Queries,
  { streamId, sequence }: { readonly streamId: string; readonly sequence: number },
): Promise<SegmentRow | null> {
  const where = and(eq(streamSegments.streamId, streamId), eq(streamSegments.sequence, sequence))
  return attempt(async () => (await orm.select().from(streamSegments).where(where))[0] ?? null)
}

/** Segments of a stream that show something of [fromMs, toMs) in stream time, in sequence: at most 1,000, 30 s of one picture each. */
export async function listSegmentsBetween(
  { orm }: Queries,
  { streamId, fromMs, toMs }: { readonly streamId: string; readonly fromMs: number; readonly toMs: number },
): Promise<SegmentRow[]> {
  const where = and(
    eq(streamSegments.streamId, streamId),
    lt(streamSegments.streamTimeMs, toMs),
    sql`${streamSegments.streamTimeMs} + ${streamSegments.durationMs} > ${fromMs}`,
  )
  return attempt(() => orm.select().from(streamSegments).where(where).orderBy(streamSegments.sequence).limit(1_000))
}

export interface NewSegment {
  readonly streamId: string
  readonly sequence: number
  readonly sha256: string
  readonly size: number
  readonly streamTimeMs: number
  readonly durationMs: number
  readonly mediaType: MediaType
  /** Its clock or its coding does not go on from the segment before. */
  readonly discontinuity: boolean
  readonly spoolKey: string
  readonly origin: Pick<LogRecord, 'topic' | 'partition' | 'offset' | 'brokerAt'>
  readonly receivedAt: Date
}

/** Notes a segment that was handed on, and how far its stream has come. Noting it again changes nothing. */
export async function recordSegment({ orm }: Queries, { origin, ...segment }: NewSegment): Promise<void> {
  const { topic: originTopic, partition: originPartition, offset: originOffset } = origin
  await attempt(() =>
    orm.transaction(async (tx) => {
      await lockStream(tx, segment.streamId)
      const inserted = await tx
        .insert(streamSegments)
        .values({ ...segment, originTopic, originPartition, originOffset })
        .onConflictDoNothing()
        .returning({ sequence: streamSegments.sequence })
      if (inserted.length === 0) return
      const at = new Date(origin.brokerAt).toISOString()
      await tx
        .update(streams)
        .set({
          lengthMs: sql`greatest(${streams.lengthMs}, ${segment.streamTimeMs + segment.durationMs})`,
          lastMediaAt: sql`greatest(${streams.lastMediaAt}, ${at}::timestamptz)`,
          lastRecordAt: sql`greatest(${streams.lastRecordAt}, ${at}::timestamptz)`,
          windowOpen: true,
          segmentCount: sql`${streams.segmentCount} + 1`,
          lastSequence: sql`greatest(${streams.lastSequence}, ${segment.sequence})`,
          nextSequence: firstHole(segment.streamId),
        })
        .where(eq(streams.streamId, segment.streamId))
    }),
  )
}

/** What is counted over a stream's segments is counted after whoever else adds to them. */
async function lockStream(orm: Queries['orm'], streamId: string): Promise<void> {
  await orm.select({ id: streams.streamId }).from(streams).where(eq(streams.streamId, streamId)).for('update')
}

/** The lowest sequence from the stream's next one on that no row has. */
function firstHole(streamId: string) {
  return sql`(
    select min(candidate) from (
      select ${streams.nextSequence} as candidate
      union all
      select s.sequence + 1 from stream_segments s where s.stream_id = ${streamId} and s.sequence >= ${streams.nextSequence}
    ) c
    where not exists (select 1 from stream_segments t where t.stream_id = ${streamId} and t.sequence = c.candidate)
  )`
}

export interface Gap {
  readonly streamId: string
  readonly fromSequence: number
  readonly toSequence: number
  readonly fromMs: number
  readonly toMs: number
}

interface GapRow extends Record<string, unknown> {
  readonly stream_id: string
  readonly next_sequence: string
  readonly sequence: string
  readonly from_ms: string
  readonly to_ms: string
}

/** Holes in a sequence behind which a segment has waited since before `olderThan`. */
export async function listGaps({ orm }: Queries, { olderThan }: { readonly olderThan: Date }): Promise<readonly Gap[]> {
  const { rows } = await attempt(() =>
    orm.execute<GapRow>(sql`
      select s.stream_id, s.next_sequence, g.sequence, g.stream_time_ms as to_ms,
        coalesce((select b.stream_time_ms + b.duration_ms from stream_segments b
          where b.stream_id = s.stream_id and b.sequence < s.next_sequence
          order by b.sequence desc limit 1), 0) as from_ms
      from streams s
      cross join lateral (
        select sequence, stream_time_ms, received_at from stream_segments
        where stream_id = s.stream_id and sequence > s.next_sequence order by sequence limit 1
      ) g
      where s.has_hole and s.state <> 'refused' and g.received_at <= ${olderThan.toISOString()}::timestamptz
      limit 200`),
  )
  return rows.map((row) => ({
    streamId: row.stream_id,
    fromSequence: Number(row.next_sequence),
    toSequence: Number(row.sequence) - 1,
    fromMs: Math.min(Number(row.from_ms), Number(row.to_ms)),
    toMs: Number(row.to_ms),
  }))
}

/** Stops waiting for the sequences up to and including `upTo`. */
export async function giveUpSequences(
  { orm }: Queries,
  { streamId, upTo }: { readonly streamId: string; readonly upTo: number },
): Promise<void> {
  await attempt(() =>
    orm.transaction(async (tx) => {
      await lockStream(tx, streamId)
      const where = eq(streams.streamId, streamId)
      await tx
        .update(streams)
        .set({ nextSequence: sql`greatest(${streams.nextSequence}, ${upTo + 1})` })
        .where(where)
      await tx
        .update(streams)
        .set({ nextSequence: firstHole(streamId) })
        .where(where)
    }),
  )
}
