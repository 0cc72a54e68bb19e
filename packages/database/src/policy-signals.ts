import type { SignalRaised, StreamClass } from '@streamkeeper/contracts'
import { and, eq, gte, lte, sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { PolicyStreamRow } from './cases.js'
import type { Queries } from './database.js'
import { cases, policySignals, policyStreams, ruleFirings } from './schema/index.js'

/** Notes a hit in its place on the time line; noting it again changes nothing. */
export async function insertSignal({ orm }: Queries, data: SignalRaised): Promise<void> {
  const { signalId, streamId, lane } = data
  await attempt(() =>
    orm
      .insert(policySignals)
      .values({ signalId, streamId, lane, at: new Date(data.at), data })
      .onConflictDoNothing(),
  )
}

/** The hits of a stream in a stretch of event time. */
export async function listSignals(
  { orm }: Queries,
  { streamId, from, to }: { readonly streamId: string; readonly from: Date; readonly to: Date },
): Promise<SignalRaised[]> {
  const where = and(eq(policySignals.streamId, streamId), gte(policySignals.at, from), lte(policySignals.at, to))
  return (await attempt(() => orm.select({ data: policySignals.data }).from(policySignals).where(where))).map(
    (row) => row.data,
  )
}

export async function listFirings(
  { orm }: Queries,
  { streamId, from, to }: { readonly streamId: string; readonly from: Date; readonly to: Date },
): Promise<{ ruleId: string; atMs: number }[]> {
  const where = and(eq(ruleFirings.streamId, streamId), gte(ruleFirings.at, from), lte(ruleFirings.at, to))
  return (await attempt(() => orm.select().from(ruleFirings).where(where))).map((row) => ({
    ruleId: row.ruleId,
    atMs: row.at.getTime(),
  }))
}

export async function insertFiring({ orm }: Queries, firing: typeof ruleFirings.$inferInsert): Promise<void> {
  await attempt(() => orm.insert(ruleFirings).values(firing).onConflictDoNothing())
}

/** What policy knows of a stream; a stream that it has not heard of is one without a name and viewers. */
export async function findPolicyStream({ orm }: Queries, streamId: string): Promise<PolicyStreamRow> {
  const [row] = await attempt(() => orm.select().from(policyStreams).where(eq(policyStreams.streamId, streamId)))
  return row ?? { streamId, accountId: 'unknown', title: '', class: 'other', viewers: 0, live: true, lastMediaAt: null }
}

export interface PolicyStreamChange {
  readonly streamId: string
  readonly accountId?: string | undefined
  readonly title?: string | undefined
  readonly class?: StreamClass | undefined
  readonly viewers?: number | undefined
  readonly live?: boolean | undefined
}

/**
 * Notes what changed of a stream, for policy and for its open case. What is not given stays. Not within a transaction that
 * grows or decides a case: it locks the case before the stream's head, the others after it.
 */
export async function changePolicyStream({ orm }: Queries, { streamId, ...change }: PolicyStreamChange): Promise<void> {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
  if (Object.keys(given).length === 0) return
  await attempt(async () => {
    await orm
      .insert(policyStreams)
      .values({ streamId, ...given })
      .onConflictDoUpdate({ target: policyStreams.streamId, set: given })
    // The case follows without a new version: who watches is not what was decided on.
    await orm
      .update(cases)
      .set(given)
      .where(and(eq(cases.streamId, streamId), sql`${cases.state} in ('open', 'claimed', 'enforcing')`))
  })
}
