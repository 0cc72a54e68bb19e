import { and, inArray, isNotNull, isNull, lte, sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Queries } from './database.js'
import { cases, stagedBatches, stagedSegments } from './schema/index.js'

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
