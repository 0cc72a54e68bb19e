import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import { changeCase, findCase, queueCaseEvent, type CaseRow } from './cases.js'
import type { Database, Queries } from './database.js'
import { lockHead } from './outbox.js'
import { cases, policyStreams } from './schema/index.js'

const isUnproven = and(inArray(cases.darkState, ['waiting', 'disobeyed']), isNotNull(cases.cutAckedAt))

/** Cases of a stream whose cut was acknowledged and is not proven. */
export async function listUnprovenCuts({ orm }: Queries, streamId: string): Promise<CaseRow[]> {
  return attempt(() =>
    orm
      .select()
      .from(cases)
      .where(and(isUnproven, eq(cases.streamId, streamId))),
  )
}

export interface NotDark {
  readonly caseId: string
  readonly streamId: string
  /** Acknowledgement or latest media, whichever is later: silence counts from here. */
  readonly quietSince: Date
}

/**
 * Cases whose cut is not proven and whose stream has been silent since before `quietBefore`. One that was disobeyed is
 * among them: it may go dark late, by the platform's own hand or by its end.
 */
export async function listQuietCuts({ orm }: Queries, quietBefore: Date): Promise<readonly NotDark[]> {
  const quietSince = sql<Date>`greatest(${cases.cutAckedAt}, ${policyStreams.lastMediaAt})`.mapWith(cases.cutAckedAt)
  return attempt(() =>
    orm
      .select({ caseId: cases.caseId, streamId: cases.streamId, quietSince })
      .from(cases)
      .leftJoin(policyStreams, eq(policyStreams.streamId, cases.streamId))
      .where(and(isUnproven, sql`${quietSince} <= ${quietBefore.toISOString()}::timestamptz`))
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

/** Writes what the dark check found, once; what was disobeyed may still go dark. Gives the case when this was news. */
export async function settleDark(
  database: Database,
  { caseId, streamId }: Pick<CaseRow, 'caseId' | 'streamId'>,
  { found, now }: { readonly found: 'dark' | 'disobeyed'; readonly now: Date },
): Promise<CaseRow | null> {
  return database.transaction(async (tx) => {
    await lockHead(tx, streamId)
    const known = await findCase(tx, caseId)
    const isLate = known?.darkState === 'disobeyed' && found === 'dark'
    if (known === null || !(known.darkState === 'waiting' || isLate)) return null
    // A case that was opened again meanwhile stays with its person.
    const state = known.state === 'enforcing' || known.state === 'disobeyed' ? found : known.state
    const row = await changeCase(tx, known, { darkState: found, state, updatedAt: now })
    await queueCaseEvent(tx, row, 'moderation.case.updated', now)
    return row
  })
}
