import type { NotLookedReason, Versioned } from '@streamkeeper/contracts'
import { and, asc, eq, gt, lt, sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Database, Queries } from './database.js'
import { coverage } from './schema/index.js'

export type StretchRow = typeof coverage.$inferSelect

export interface NewStretch {
  readonly streamId: string
  readonly fromMs: number
  readonly toMs: number
  readonly state: 'looked' | 'not-looked'
  readonly reason: NotLookedReason | null
  readonly detail: string | null
  /** What it comes from, e.g. `segment:7`. */
  readonly cause: string
  readonly pictures: number
  readonly models: readonly Versioned[]
}

/**
 * Covers what of [fromMs, toMs) was not covered yet, and gives all stretches of this cause: asked again after a crash, the
 * answer is the same. Stretches of a stream never overlap.
 */
export async function coverStretch(database: Database, stretch: NewStretch, at: Date): Promise<readonly StretchRow[]> {
  const { streamId, cause, fromMs, toMs, ...rest } = stretch
  return database.transaction(async ({ orm }) => {
    await orm.execute(sql`select pg_advisory_xact_lock(hashtextextended(${streamId}, 1))`)
    const mine = and(eq(coverage.streamId, streamId), eq(coverage.cause, cause))
    const before = await orm.select().from(coverage).where(mine).orderBy(asc(coverage.fromMs))
    if (before.length > 0) return before
    const near = and(endsAfter(streamId, fromMs), lt(coverage.fromMs, toMs))
    const known = await orm.select().from(coverage).where(near).orderBy(asc(coverage.fromMs))
    const rows = freeParts(known, fromMs, toMs).map((part) => ({ ...rest, ...part, streamId, cause, at }))
    return rows.length === 0 ? [] : orm.insert(coverage).values(rows).returning()
  })
}

export async function listCoverage({ orm }: Queries, streamId: string): Promise<StretchRow[]> {
  return attempt(() => orm.select().from(coverage).where(eq(coverage.streamId, streamId)).orderBy(asc(coverage.fromMs)))
}

/** The latest stretches of a stream, for the page. */
export async function listCoverageFrom({ orm }: Queries, streamId: string, fromMs: number): Promise<StretchRow[]> {
  return attempt(() => orm.select().from(coverage).where(endsAfter(streamId, fromMs)).orderBy(asc(coverage.fromMs)))
}

/** Stretches do not overlap, so the ones that end after a time start at the last one that starts by then: the key finds it. */
function endsAfter(streamId: string, ms: number) {
  const start = sql`coalesce((select max(c.from_ms) from coverage c where c.stream_id = ${streamId} and c.from_ms <= ${ms}), 0)`
  return and(eq(coverage.streamId, streamId), sql`${coverage.fromMs} >= ${start}`, gt(coverage.toMs, ms))
}

interface Part {
  readonly fromMs: number
  readonly toMs: number
}

/** The parts of [fromMs, toMs) that no stretch covers. `covered` is in order and does not overlap. */
export function freeParts(covered: readonly Part[], fromMs: number, toMs: number): Part[] {
  const free: Part[] = []
  let at = fromMs
  for (const stretch of covered) {
    if (stretch.toMs <= at) continue
    if (stretch.fromMs >= toMs) break
    if (stretch.fromMs > at) free.push({ fromMs: at, toMs: stretch.fromMs })
    at = Math.max(at, stretch.toMs)
  }
  if (at < toMs) free.push({ fromMs: at, toMs })
  return free
}
