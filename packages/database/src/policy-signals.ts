import type { Label, SignalRaised, StreamClass } from '@streamkeeper/contracts'
import { and, eq, gte, inArray, isNull, lte, or, sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { PolicyStreamRow } from './cases.js'
import type { Queries } from './database.js'
import { cases, policySignals, policyStreams, ruleFirings } from './schema/index.js'

/** Notes a hit in its place on the time line; noting it again changes nothing. */
export async function insertSignal({ orm }: Queries, data: SignalRaised): Promise<void> {
  const { signalId, streamId, lane, label, score, shadow, heldBack } = data
  await attempt(() =>
    orm
      .insert(policySignals)
      .values({ signalId, streamId, at: new Date(data.at), lane, label, score, shadow, heldBack, data })
      .onConflictDoNothing(),
  )
}

/** What rules look at of a hit; `atMs` is event time in milliseconds. */
export interface SignalOutline extends Pick<SignalRaised, 'signalId' | 'lane' | 'label' | 'score' | 'shadow'> {
  readonly atMs: number
  readonly heldBack: SignalRaised['heldBack']
}

export interface SignalSpan {
  readonly streamId: string
  readonly labels: readonly Label[]
  readonly from: Date
  readonly to: Date
}

/** The hits of a stream with one of the labels in a stretch of event time, in no order. */
export async function outlineSignals(
  { orm }: Queries,
  { streamId, labels, from, to }: SignalSpan,
): Promise<SignalOutline[]> {
  const { signalId, at, lane, label, score, shadow, heldBack, data } = policySignals
  // Rows of before the columns have only what they were made of.
  const old = sql<SignalRaised | null>`case when ${label} is null then ${data} end`
  const ofLabel = or(inArray(label, [...labels]), isNull(label))
  const where = and(eq(policySignals.streamId, streamId), gte(at, from), lte(at, to), ofLabel)
  const rows = await attempt(() =>
    orm.select({ signalId, at, lane, label, score, shadow, heldBack, old }).from(policySignals).where(where),
  )
  return rows.map((row) => {
    const known = row.old ?? row
    return {
      signalId: row.signalId,
      atMs: row.at.getTime(),
      lane: known.lane ?? 'picture',
      label: known.label ?? 'OTHER',
      score: known.score ?? 0,
      shadow: known.shadow ?? true,
      heldBack: known.heldBack ?? undefined,
    }
  })
}

/** Hits by their ids, in no order. */
export async function readSignals({ orm }: Queries, signalIds: readonly string[]): Promise<SignalRaised[]> {
  if (signalIds.length === 0) return []
  const where = inArray(policySignals.signalId, [...signalIds])
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
