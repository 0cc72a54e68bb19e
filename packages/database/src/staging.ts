import { and, asc, desc, eq, isNull, lt, sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Queries } from './database.js'
import { stagedBatches, stagedSegments, streamWindows } from './schema/index.js'

export type StagedSegmentRow = typeof stagedSegments.$inferSelect
export type StagedBatchRow = typeof stagedBatches.$inferSelect
export type WindowRow = typeof streamWindows.$inferSelect

/** Notes a segment that must be kept. The first record that names it stands: a repetition lies at another offset. */
export async function stageSegment({ orm }: Queries, row: typeof stagedSegments.$inferInsert): Promise<void> {
  await attempt(() => orm.insert(stagedSegments).values(row).onConflictDoNothing())
}

/** The last offset of a partition that is staged, or null: what lies at or below it is staged already. */
export async function lastStagedOffset(
  { orm }: Queries,
  { topic, partition }: { readonly topic: string; readonly partition: number },
): Promise<bigint | null> {
  const where = and(eq(stagedBatches.topic, topic), eq(stagedBatches.partition, partition))
  const [row] = await attempt(() =>
    orm
      .select({ last: sql<string | null>`max(${stagedBatches.lastOffset})` })
      .from(stagedBatches)
      .where(where),
  )
  return row?.last == null ? null : BigInt(row.last)
}

/** When the broker took the last record of a partition that was staged; null when none was. */
export async function lastStagedAt(
  { orm }: Queries,
  { topic, partition }: { readonly topic: string; readonly partition: number },
): Promise<Date | null> {
  const where = and(eq(stagedBatches.topic, topic), eq(stagedBatches.partition, partition))
  const [row] = await attempt(() =>
    orm
      .select({ at: stagedBatches.brokerLastAt })
      .from(stagedBatches)
      .where(where)
      .orderBy(desc(stagedBatches.lastOffset))
      .limit(1),
  )
  return row?.at ?? null
}

/**
 * Notes a batch that begins behind the last staged one of its partition. False when some of it is staged already, by a read
 * before a crash or by a consumer that lost the partition: cut it at `lastStagedOffset` and stage the rest.
 */
export async function stageBatch({ orm }: Queries, row: typeof stagedBatches.$inferInsert): Promise<boolean> {
  const { topic, partition, firstOffset } = row
  return attempt(() =>
    orm.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${topic}/${partition}`}, 2))`)
      const last = await lastStagedOffset({ orm: tx }, { topic, partition })
      if (last !== null && firstOffset <= last) return false
      await tx.insert(stagedBatches).values(row)
      return true
    }),
  )
}

/** Notes a boundary of a stream, once. */
export async function stageWindow({ orm }: Queries, row: typeof streamWindows.$inferInsert): Promise<void> {
  await attempt(() => orm.insert(streamWindows).values(row).onConflictDoNothing())
}

/** Boundaries that no plan has taken up, oldest first. */
export async function listOpenWindows({ orm }: Queries, limit: number): Promise<WindowRow[]> {
  return attempt(() =>
    orm
      .select()
      .from(streamWindows)
      .where(isNull(streamWindows.objectKey))
      .orderBy(asc(streamWindows.closedAt), asc(streamWindows.streamId), asc(streamWindows.index))
      .limit(limit),
  )
}

/** The segments of a stream from the boundary before to this one, by offset: whatever is planned first, the cut is the same. */
export async function listWindowSegments(
  { orm }: Queries,
  { streamId, index, upToOffset }: WindowRow,
): Promise<StagedSegmentRow[]> {
  const before = sql`coalesce((
    select max(w.up_to_offset) from stream_windows w where w.stream_id = ${streamId} and w.index < ${index}), 0)`
  const where = and(
    eq(stagedSegments.streamId, streamId),
    sql`${stagedSegments.offset} >= ${before}`,
    lt(stagedSegments.offset, upToOffset),
    isNull(stagedSegments.objectKey),
  )
  return attempt(() => orm.select().from(stagedSegments).where(where).orderBy(asc(stagedSegments.sequence)))
}

/** Log batches that no plan has taken up, in order a partition, of partitions where enough lie or the oldest waited long enough. */
export async function listOpenBatches(
  { orm }: Queries,
  { stagedBefore, minBytes, limit }: { readonly stagedBefore: Date; readonly minBytes: number; readonly limit: number },
): Promise<StagedBatchRow[]> {
  const ripe = sql`(${stagedBatches.topic}, ${stagedBatches.partition}) in (
    select topic, partition from staged_batches where object_key is null group by topic, partition
    having min(staged_at) <= ${stagedBefore.toISOString()}::timestamptz or sum(size) >= ${minBytes})`
  return attempt(() =>
    orm
      .select()
      .from(stagedBatches)
      .where(and(isNull(stagedBatches.objectKey), ripe))
      .orderBy(asc(stagedBatches.topic), asc(stagedBatches.partition), asc(stagedBatches.firstOffset))
      .limit(limit),
  )
}
