import { and, asc, eq, inArray, isNull, or, sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Database, Queries } from './database.js'
import {
  archiveObjects,
  archiveStreams,
  sealPlans,
  stagedBatches,
  stagedSegments,
  streamWindows,
  type SealPlan,
} from './schema/index.js'
import { noteKeptFor, type KeptFor } from './kept-for.js'
import type { StagedBatchRow, WindowRow } from './staging.js'

export type ArchiveObjectRow = typeof archiveObjects.$inferSelect

/**
 * Writes the plans of a window's objects and ties its segments to them, in one transaction. An empty window is only ticked
 * off. A window that somebody else has planned meanwhile stays as it is.
 */
export async function planMedia(
  database: Database,
  { window, plans, keptFor, now }: Planned & { readonly window: WindowRow; readonly plans: readonly SealPlan[] },
): Promise<void> {
  const thisWindow = and(eq(streamWindows.streamId, window.streamId), eq(streamWindows.index, window.index))
  await database.transaction(async ({ orm }) => {
    const ticked = await orm
      .update(streamWindows)
      .set({ objectKey: plans[0]?.key ?? 'empty' })
      .where(and(thisWindow, isNull(streamWindows.objectKey)))
      .returning({ index: streamWindows.index })
    if (ticked.length === 0) return
    for (const plan of plans) {
      await orm.insert(sealPlans).values({ objectKey: plan.key, plan, plannedAt: now })
      const sequences = plan.parts.map((part) => Number(part.name))
      const rows = and(eq(stagedSegments.streamId, window.streamId), inArray(stagedSegments.sequence, sequences))
      await orm.update(stagedSegments).set({ objectKey: plan.key }).where(rows)
    }
    await noteKeptFor({ orm }, keptFor)
  })
}

interface Planned {
  readonly keptFor: readonly KeptFor[]
  readonly now: Date
}

/** The same for one log object: all of its batches, or nothing when somebody else has planned one of them. */
export async function planLog(
  database: Database,
  { batches, plan, keptFor, now }: Planned & { readonly batches: readonly StagedBatchRow[]; readonly plan: SealPlan },
): Promise<void> {
  await database.transaction(async ({ orm }) => {
    const isOpen = and(or(...batches.map(isBatch)), isNull(stagedBatches.objectKey))
    const open = await orm.select({ first: stagedBatches.firstOffset }).from(stagedBatches).where(isOpen).for('update')
    if (open.length === 0 || open.length !== batches.length) return
    await orm.insert(sealPlans).values({ objectKey: plan.key, plan, plannedAt: now })
    await orm.update(stagedBatches).set({ objectKey: plan.key }).where(isOpen)
    await noteKeptFor({ orm }, keptFor)
  })
}

function isBatch({ topic, partition, firstOffset }: StagedBatchRow) {
  return and(
    eq(stagedBatches.topic, topic),
    eq(stagedBatches.partition, partition),
    eq(stagedBatches.firstOffset, firstOffset),
  )
}

/** Gives an open plan another key, with all that is tied to it. `keys`: of each object that it makes. */
export async function movePlan(
  database: Database,
  move: { readonly plan: SealPlan; readonly from: string; readonly keys: readonly { from: string; to: string }[] },
): Promise<void> {
  const { plan, from, keys } = move
  await database.transaction(async ({ orm }) => {
    const isOpen = and(eq(sealPlans.objectKey, from), isNull(sealPlans.sealedAt))
    const moved = await orm.update(sealPlans).set({ objectKey: plan.key, plan }).where(isOpen).returning()
    if (moved.length === 0) return
    for (const table of [stagedSegments, stagedBatches, streamWindows])
      await orm.update(table).set({ objectKey: plan.key }).where(eq(table.objectKey, from))
    for (const key of keys)
      await orm.update(archiveStreams).set({ objectKey: key.to }).where(eq(archiveStreams.objectKey, key.from))
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

/**
 * Since when the oldest thing has waited for its seal: a log batch, a closed window, or what is planned; null when nothing
 * waits.
 */
export async function oldestUnsealed({ orm }: Queries): Promise<Date | null> {
  const { rows } = await attempt(() =>
    orm.execute<{ at: string | null }>(sql`
      select least(
        (select min(staged_at) from staged_batches where object_key is null and records > 0),
        (select min(closed_at) from stream_windows where object_key is null),
        (select min(planned_at) from seal_plans where sealed_at is null)) as at`),
  )
  const at = rows[0]?.at ?? null
  return at === null ? null : new Date(at)
}
