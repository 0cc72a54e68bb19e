import { and, asc, eq, gt, inArray, isNotNull, isNull, lt, lte, sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Database, Queries } from './database.js'
import {
  archiveObjects,
  cases,
  sealPlans,
  stagedBatches,
  stagedSegments,
  streamWindows,
  streams,
  type SealPlan,
} from './schema/index.js'

export type StagedSegmentRow = typeof stagedSegments.$inferSelect
export type StagedBatchRow = typeof stagedBatches.$inferSelect
export type WindowRow = typeof streamWindows.$inferSelect
export type ArchiveObjectRow = typeof archiveObjects.$inferSelect

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

export async function stageBatch({ orm }: Queries, row: typeof stagedBatches.$inferInsert): Promise<void> {
  await attempt(() => orm.insert(stagedBatches).values(row).onConflictDoNothing())
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
      .orderBy(asc(streamWindows.closedAt))
      .limit(limit),
  )
}

/** The segments of a stream below a boundary that no earlier window took. */
export async function listWindowSegments(
  { orm }: Queries,
  { streamId, upToOffset }: WindowRow,
): Promise<StagedSegmentRow[]> {
  const where = and(
    eq(stagedSegments.streamId, streamId),
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

/** Class of a stream and the times from which its media is kept. */
export async function findStreamForRetention(
  { orm }: Queries,
  streamId: string,
): Promise<Pick<typeof streams.$inferSelect, 'class' | 'endedAt'> | null> {
  const columns = { class: streams.class, endedAt: streams.endedAt }
  return attempt(async () => (await orm.select(columns).from(streams).where(eq(streams.streamId, streamId)))[0] ?? null)
}

/** Writes the plan of one media object and ties its rows to it, in one transaction. An empty window is only ticked off. */
export async function planMedia(
  database: Database,
  {
    window,
    segments,
    plan,
    now,
  }: { window: WindowRow; segments: readonly StagedSegmentRow[]; plan: SealPlan | null; now: Date },
): Promise<void> {
  const thisWindow = and(eq(streamWindows.streamId, window.streamId), eq(streamWindows.index, window.index))
  await database.transaction(async ({ orm }) => {
    if (plan !== null) {
      await orm.insert(sealPlans).values({ objectKey: plan.key, plan, plannedAt: now })
      const rows = and(
        eq(stagedSegments.streamId, window.streamId),
        inArray(
          stagedSegments.sequence,
          segments.map((segment) => segment.sequence),
        ),
      )
      await orm.update(stagedSegments).set({ objectKey: plan.key }).where(rows)
    }
    await orm
      .update(streamWindows)
      .set({ objectKey: plan?.key ?? 'empty' })
      .where(thisWindow)
  })
}

/** The same for one log object. */
export async function planLog(
  database: Database,
  { batches, plan, now }: { batches: readonly StagedBatchRow[]; plan: SealPlan; now: Date },
): Promise<void> {
  await database.transaction(async ({ orm }) => {
    await orm.insert(sealPlans).values({ objectKey: plan.key, plan, plannedAt: now })
    for (const { topic, partition, firstOffset } of batches) {
      const row = and(
        eq(stagedBatches.topic, topic),
        eq(stagedBatches.partition, partition),
        eq(stagedBatches.firstOffset, firstOffset),
      )
      await orm.update(stagedBatches).set({ objectKey: plan.key }).where(row)
    }
  })
}

/** Plans that are not carried out, oldest first: a crashed seal follows its plan. */
export async function listOpenPlans({ orm }: Queries, limit: number): Promise<SealPlan[]> {
  const rows = await attempt(() =>
    orm.select().from(sealPlans).where(isNull(sealPlans.sealedAt)).orderBy(asc(sealPlans.plannedAt)).limit(limit),
  )
  return rows.map((row) => row.plan)
}

/** Notes what was written and read back. */
export async function markSealed(database: Database, object: typeof archiveObjects.$inferInsert): Promise<void> {
  await database.transaction(async ({ orm }) => {
    await orm.insert(archiveObjects).values(object).onConflictDoNothing()
    await orm.update(sealPlans).set({ sealedAt: object.sealedAt }).where(eq(sealPlans.objectKey, object.objectKey))
  })
}

export async function findArchiveObject({ orm }: Queries, objectKey: string): Promise<ArchiveObjectRow | null> {
  return attempt(
    async () => (await orm.select().from(archiveObjects).where(eq(archiveObjects.objectKey, objectKey)))[0] ?? null,
  )
}

export async function listArchiveObjects(
  { orm }: Queries,
  { streamId, limit }: { readonly streamId?: string; readonly limit: number },
): Promise<ArchiveObjectRow[]> {
  const one = streamId === undefined ? undefined : eq(archiveObjects.streamId, streamId)
  return attempt(() => orm.select().from(archiveObjects).where(one).orderBy(asc(archiveObjects.sealedAt)).limit(limit))
}

/** Spool keys that may go: sealed and read back, received before `before`, and no open case of the stream needs them. */
export async function listSweepable(
  { orm }: Queries,
  { before, limit }: { readonly before: Date; readonly limit: number },
): Promise<readonly { readonly spoolKey: string }[]> {
  const isSealed = (column: typeof stagedSegments.objectKey | typeof stagedBatches.objectKey) =>
    sql`exists (select 1 from archive_objects a where a.object_key = ${column})`
  const isNeeded = sql`exists (select 1 from ${cases} c where c.stream_id = ${stagedSegments.streamId} and c.state in ('open', 'claimed', 'enforcing'))`
  const media = and(
    isNull(stagedSegments.sweptAt),
    isNotNull(stagedSegments.objectKey),
    lte(stagedSegments.receivedAt, before),
    isSealed(stagedSegments.objectKey),
    sql`not ${isNeeded}`,
  )
  const logs = and(
    isNull(stagedBatches.sweptAt),
    isNotNull(stagedBatches.objectKey),
    lte(stagedBatches.stagedAt, before),
    isSealed(stagedBatches.objectKey),
  )
  return attempt(async () => [
    ...(await orm.select({ spoolKey: stagedSegments.spoolKey }).from(stagedSegments).where(media).limit(limit)),
    ...(await orm.select({ spoolKey: stagedBatches.spoolKey }).from(stagedBatches).where(logs).limit(limit)),
  ])
}

export async function markSwept({ orm }: Queries, spoolKeys: readonly string[], at: Date): Promise<void> {
  if (spoolKeys.length === 0) return
  await attempt(async () => {
    await orm
      .update(stagedSegments)
      .set({ sweptAt: at })
      .where(inArray(stagedSegments.spoolKey, [...spoolKeys]))
    await orm
      .update(stagedBatches)
      .set({ sweptAt: at })
      .where(inArray(stagedBatches.spoolKey, [...spoolKeys]))
  })
}

/** How long the oldest staged thing has waited for its seal; null when nothing waits. */
export async function oldestUnsealed({ orm }: Queries): Promise<Date | null> {
  const [row] = await attempt(() =>
    orm
      .select({ at: sql<Date | null>`min(${stagedBatches.stagedAt})` })
      .from(stagedBatches)
      .where(and(isNull(stagedBatches.objectKey), gt(stagedBatches.records, 0))),
  )
  return row?.at == null ? null : new Date(row.at)
}
