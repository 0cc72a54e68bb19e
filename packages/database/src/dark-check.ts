import { and, eq, isNotNull, sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import { changeCase, findCase, queueCaseEvent, type CaseRow } from './cases.js'
import type { Database, Queries } from './database.js'
import { lockHead } from './outbox.js'
import { cases, policyStreams } from './schema/index.js'

/** Cases whose cut was acknowledged and is not proven yet. */
export async function listWaitingDark({ orm }: Queries, streamId?: string): Promise<CaseRow[]> {
  const one = streamId === undefined ? undefined : eq(cases.streamId, streamId)
  return attempt(() =>
    orm
      .select()
      .from(cases)
      .where(and(eq(cases.darkState, 'waiting'), isNotNull(cases.cutAckedAt), one))
      .limit(500),
  )
}

/** Notes when the broker last took media of a stream that should go dark. */
export async function noteMedia(
  { orm }: Queries,
  { streamId, brokerAt }: { readonly streamId: string; readonly brokerAt: Date },
): Promise<void> {
  const lastMediaAt = sql`greatest(${policyStreams.lastMediaAt}, ${brokerAt.toISOString()}::timestamptz)`
  await attempt(() =>
    orm
      .insert(policyStreams)
      .values({ streamId, lastMediaAt: brokerAt })
      .onConflictDoUpdate({ target: policyStreams.streamId, set: { lastMediaAt } }),
  )
}

export async function lastMediaOf({ orm }: Queries, streamId: string): Promise<Date | null> {
  const [row] = await attempt(() =>
    orm.select({ at: policyStreams.lastMediaAt }).from(policyStreams).where(eq(policyStreams.streamId, streamId)),
  )
  return row?.at ?? null
}

/** Writes what the dark check found, once. Gives the case when this was news. */
export async function settleDark(
  database: Database,
  { caseId, streamId }: Pick<CaseRow, 'caseId' | 'streamId'>,
  { found, now }: { readonly found: 'dark' | 'disobeyed'; readonly now: Date },
): Promise<CaseRow | null> {
  return database.transaction(async (tx) => {
    await lockHead(tx, streamId)
    const known = await findCase(tx, caseId)
    if (known?.darkState !== 'waiting') return null
    // A case that was opened again meanwhile stays with its person.
    const state = known.state === 'enforcing' ? found : known.state
    const row = await changeCase(tx, known, { darkState: found, state, updatedAt: now })
    await queueCaseEvent(tx, row, 'moderation.case.updated', now)
    return row
  })
}
