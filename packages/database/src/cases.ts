import { createHash } from 'node:crypto'
import type { CaseChanged, Label, SignalRaised, Tier } from '@streamkeeper/contracts'
import { and, asc, desc, eq, gt, inArray, sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import { keepChosenPictures, picturesOf, type CaseSignalRow } from './case-pictures.js'
import type { Queries } from './database.js'
import { lockHead, queueEvent } from './outbox.js'
import { cases, caseSignals, type policyStreams } from './schema/index.js'

export type CaseRow = typeof cases.$inferSelect
export type PolicyStreamRow = typeof policyStreams.$inferSelect

const openStates = ['open', 'claimed'] as const

export async function findCase({ orm }: Queries, caseId: string): Promise<CaseRow | null> {
  return attempt(async () => (await orm.select().from(cases).where(eq(cases.caseId, caseId)))[0] ?? null)
}

export async function findOpenCase({ orm }: Queries, streamId: string): Promise<CaseRow | null> {
  const where = and(eq(cases.streamId, streamId), inArray(cases.state, [...openStates]))
  return attempt(async () => (await orm.select().from(cases).where(where))[0] ?? null)
}

export interface CaseGrowth {
  readonly stream: PolicyStreamRow
  readonly signals: readonly SignalRaised[]
  readonly severity: number
  readonly tier: Tier
  readonly priority: number
  readonly deadlineMs: number
  readonly now: Date
}

/**
 * Puts hits into the stream's one open case, which is opened when there is none. A hit that is in a case already changes
 * nothing. Within a transaction only: the stream's head is locked.
 */
export async function growCase(
  queries: Queries,
  growth: CaseGrowth,
): Promise<{ readonly case: CaseRow; readonly opened: boolean } | null> {
  const { stream, now } = growth
  await lockHead(queries, stream.streamId)
  const fresh = await findFresh(queries, growth.signals)
  const known = await findOpenCase(queries, stream.streamId)
  if (fresh.length === 0) return known === null ? null : { case: known, opened: false }
  const grown =
    known === null ? await openCase(queries, growth, fresh) : await updateCase(queries, known, growth, fresh)
  await queries.orm
    .insert(caseSignals)
    .values(fresh.map((data) => ({ caseId: grown.caseId, signalId: data.signalId, data, ...picturesOf(data) })))
  await keepChosenPictures(queries, grown.caseId)
  await queueCaseEvent(queries, grown, known === null ? 'moderation.case.opened' : 'moderation.case.updated', now)
  return { case: grown, opened: known === null }
}

async function findFresh({ orm }: Queries, signals: readonly SignalRaised[]): Promise<SignalRaised[]> {
  if (signals.length === 0) return []
  const ids = signals.map((signal) => signal.signalId)
  const known = new Set(
    (await orm.select({ id: caseSignals.signalId }).from(caseSignals).where(inArray(caseSignals.signalId, ids))).map(
      (row) => row.id,
    ),
  )
  return signals.filter(({ signalId }) => {
    const isFresh = !known.has(signalId)
    known.add(signalId)
    return isFresh
  })
}

async function openCase({ orm }: Queries, growth: CaseGrowth, fresh: readonly SignalRaised[]): Promise<CaseRow> {
  const { stream, severity, tier, priority, deadlineMs, now } = growth
  const first = fresh[0]?.signalId ?? ''
  const [row] = await orm
    .insert(cases)
    .values({
      caseId: `case-${createHash('sha256').update(`${stream.streamId}\0${first}`).digest('hex').slice(0, 24)}`,
      streamId: stream.streamId,
      accountId: stream.accountId,
      title: stream.title,
      class: stream.class,
      viewers: stream.viewers,
      live: stream.live,
      state: 'open',
      severity,
      tier,
      priority,
      labels: labelsOf(fresh),
      openedAt: now,
      deadlineAt: new Date(now.getTime() + deadlineMs),
      version: 1,
      updatedAt: now,
    })
    .returning()
  if (row === undefined) throw new Error('case was not inserted')
  return row
}

async function updateCase(
  queries: Queries,
  known: CaseRow,
  growth: CaseGrowth,
  fresh: readonly SignalRaised[],
): Promise<CaseRow> {
  const isWorse = growth.severity > known.severity
  const deadline = new Date(known.openedAt.getTime() + growth.deadlineMs)
  return changeCase(queries, known, {
    severity: Math.max(known.severity, growth.severity),
    tier: isWorse ? growth.tier : known.tier,
    priority: Math.max(known.priority, growth.priority),
    // The worst comes first: a list that has no room for all shows it.
    labels: [...new Set(isWorse ? [...labelsOf(fresh), ...known.labels] : [...known.labels, ...labelsOf(fresh)])],
    deadlineAt: deadline < known.deadlineAt ? deadline : known.deadlineAt,
    viewers: growth.stream.viewers,
    live: growth.stream.live,
    updatedAt: growth.now,
  })
}

/** Writes a change and a new version. Within a transaction that holds the stream's head. */
export async function changeCase(
  { orm }: Queries,
  known: CaseRow,
  change: Partial<typeof cases.$inferInsert>,
): Promise<CaseRow> {
  const [row] = await orm
    .update(cases)
    .set({ ...change, version: known.version + 1 })
    .where(and(eq(cases.caseId, known.caseId), eq(cases.version, known.version)))
    .returning()
  if (row === undefined) throw new Error(`case ${known.caseId} changed under its lock`)
  return row
}

export async function queueCaseEvent(
  queries: Queries,
  row: CaseRow,
  type: 'moderation.case.opened' | 'moderation.case.updated' | 'moderation.case.closed',
  at: Date,
): Promise<void> {
  const { caseId, streamId, labels, priority, tier, severity, state, version, openedAt } = row
  const data: CaseChanged = {
    caseId,
    streamId,
    labels: [...labels],
    priority,
    tier,
    severity,
    state,
    version,
    openedAt: openedAt.toISOString(),
    at: at.toISOString(),
  }
  await queueEvent(queries, streamId, { type, id: `${caseId}:${version}`, at, data })
}

export async function findCaseSignal(
  { orm }: Queries,
  caseId: string,
  signalId: string,
): Promise<CaseSignalRow | null> {
  const where = and(eq(caseSignals.signalId, signalId), eq(caseSignals.caseId, caseId))
  return attempt(async () => (await orm.select().from(caseSignals).where(where))[0] ?? null)
}

export async function listCaseSignals({ orm }: Queries, caseId: string, limit: number): Promise<CaseSignalRow[]> {
  return attempt(() =>
    orm.select().from(caseSignals).where(eq(caseSignals.caseId, caseId)).orderBy(desc(caseSignals.seq)).limit(limit),
  )
}

export async function countCaseSignals(
  { orm }: Queries,
  caseIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (caseIds.length === 0) return new Map()
  const rows = await attempt(() =>
    orm
      .select({ caseId: caseSignals.caseId, hits: sql<number>`count(*)::int` })
      .from(caseSignals)
      .where(inArray(caseSignals.caseId, [...caseIds]))
      .groupBy(caseSignals.caseId),
  )
  return new Map(rows.map((row) => [row.caseId, row.hits]))
}

export interface CaseFilter {
  readonly states: readonly CaseRow['state'][]
  readonly claimedBy?: string
  readonly limit: number
}

/** In order of urgency: tier, past its deadline first, priority, age. */
export async function listCases(
  { orm }: Queries,
  { states, claimedBy, limit }: CaseFilter,
  now: Date,
): Promise<CaseRow[]> {
  const mine = claimedBy === undefined ? undefined : eq(cases.claimedBy, claimedBy)
  return attempt(() =>
    orm
      .select()
      .from(cases)
      .where(and(inArray(cases.state, [...states]), mine))
      .orderBy(
        asc(cases.tier),
        sql`(${cases.deadlineAt} > ${now.toISOString()}::timestamptz)`,
        desc(cases.priority),
        asc(cases.openedAt),
      )
      .limit(limit),
  )
}

export async function countCases({ orm }: Queries, states: readonly CaseRow['state'][]): Promise<number> {
  return attempt(() => orm.$count(cases, inArray(cases.state, [...states])))
}

/** Cases that changed after `since`, oldest first: what the page is told of. */
export async function listChangedCases(
  { orm }: Queries,
  since: Date,
  limit: number,
): Promise<Pick<CaseRow, 'caseId' | 'version' | 'updatedAt'>[]> {
  const columns = { caseId: cases.caseId, version: cases.version, updatedAt: cases.updatedAt }
  return attempt(() =>
    orm.select(columns).from(cases).where(gt(cases.updatedAt, since)).orderBy(asc(cases.updatedAt)).limit(limit),
  )
}

/** How many cases of the account's streams there were before this one. */
export async function countPastCases({ orm }: Queries, accountId: string, caseId: string): Promise<number> {
  return attempt(() => orm.$count(cases, and(eq(cases.accountId, accountId), sql`${cases.caseId} <> ${caseId}`)))
}

/** Writes new priorities without a new version: they follow the clock, not what is in the case. */
export async function setPriorities(
  { orm }: Queries,
  priorities: readonly { readonly caseId: string; readonly priority: number }[],
): Promise<void> {
  await attempt(async () => {
    for (const { caseId, priority } of priorities)
      await orm.update(cases).set({ priority }).where(eq(cases.caseId, caseId))
  })
}

function labelsOf(signals: readonly SignalRaised[]): Label[] {
  return [...new Set(signals.map((signal) => signal.label))]
}
