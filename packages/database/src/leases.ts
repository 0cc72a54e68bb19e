import { and, eq, lt, sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import { changeCase, findCase, queueCaseEvent, type CaseRow } from './cases.js'
import { LeaseLostError } from './case-errors.js'
import type { Database, Queries } from './database.js'
import { lockHead } from './outbox.js'
import { cases } from './schema/index.js'

export interface Claim {
  readonly caseId: string
  readonly person: string
  readonly now: Date
  readonly leaseMs: number
}

/** Gives the case to one person for a time. The fencing token rises with every claim. Throws LeaseLostError when somebody else has it. */
export async function claimCase(database: Database, { caseId, person, now, leaseMs }: Claim): Promise<CaseRow> {
  return inCase(database, caseId, async (tx, known) => {
    const isTaken =
      known.state === 'claimed' && known.leaseUntil !== null && known.leaseUntil > now && known.claimedBy !== person
    if (isTaken) throw new LeaseLostError(`case ${caseId} is with ${known.claimedBy ?? 'somebody'}`)
    if (known.state !== 'open' && known.state !== 'claimed')
      throw new LeaseLostError(`case ${caseId} is ${known.state}`)
    const leaseUntil = new Date(now.getTime() + leaseMs)
    const row = await changeCase(tx, known, {
      state: 'claimed',
      claimedBy: person,
      leaseToken: known.leaseToken + 1,
      leaseUntil,
      updatedAt: now,
    })
    await queueCaseEvent(tx, row, 'moderation.case.updated', now)
    return row
  })
}

export interface LeaseHolder {
  readonly caseId: string
  /** Tokens can be guessed: the lease is held by this person with this token. */
  readonly person: string
  readonly leaseToken: number
  readonly now: Date
}

/** Lengthens a lease that still holds; throws LeaseLostError otherwise. No new version: nothing of the case changed. */
export async function extendLease({ orm }: Queries, holder: LeaseHolder, leaseMs: number): Promise<CaseRow> {
  const { caseId, now } = holder
  const leaseUntil = new Date(now.getTime() + leaseMs)
  const [row] = await attempt(() =>
    orm
      .update(cases)
      .set({ leaseUntil })
      .where(and(eq(cases.caseId, caseId), holds(holder)))
      .returning(),
  )
  if (row === undefined) throw new LeaseLostError(`the lease of case ${caseId} has ended`)
  return row
}

/** Gives the case back to the queue. */
export async function releaseCase(database: Database, holder: LeaseHolder): Promise<CaseRow> {
  return inCase(database, holder.caseId, async (tx, known) => {
    assertLease(known, holder)
    return reopen(tx, known, holder.now)
  })
}

/** Gives back every case whose lease has run out. */
export async function expireLeases(database: Database, now: Date): Promise<readonly CaseRow[]> {
  const late = await attempt(() =>
    database.orm
      .select({ caseId: cases.caseId })
      .from(cases)
      .where(and(eq(cases.state, 'claimed'), lt(cases.leaseUntil, now)))
      .limit(200),
  )
  const expired: CaseRow[] = []
  for (const { caseId } of late) {
    const row = await inCase(database, caseId, async (tx, known) =>
      known.state === 'claimed' && known.leaseUntil !== null && known.leaseUntil < now ? reopen(tx, known, now) : null,
    )
    if (row !== null) expired.push(row)
  }
  return expired
}

/** Throws LeaseLostError unless this very lease holds now, in this person's hand. */
export function assertLease(
  { caseId, state, claimedBy, leaseToken, leaseUntil }: CaseRow,
  holder: Omit<LeaseHolder, 'caseId'>,
): void {
  const isTheirs = claimedBy === holder.person && leaseToken === holder.leaseToken
  if (state !== 'claimed' || !isTheirs || leaseUntil === null || leaseUntil < holder.now)
    throw new LeaseLostError(`the lease of case ${caseId} has ended`)
}

async function reopen(tx: Queries, known: CaseRow, now: Date): Promise<CaseRow> {
  const row = await changeCase(tx, known, { state: 'open', claimedBy: null, leaseUntil: null, updatedAt: now })
  await queueCaseEvent(tx, row, 'moderation.case.updated', now)
  return row
}

/** Runs work on a case under its stream's lock. Throws LeaseLostError when there is no such case. */
async function inCase<T>(
  database: Database,
  caseId: string,
  work: (tx: Queries, known: CaseRow) => Promise<T>,
): Promise<T> {
  const found = await findCase(database, caseId)
  if (found === null) throw new LeaseLostError(`there is no case ${caseId}`)
  return database.transaction(async (tx) => {
    await lockHead(tx, found.streamId)
    const known = await findCase(tx, caseId)
    if (known === null) throw new LeaseLostError(`there is no case ${caseId}`)
    return work(tx, known)
  })
}

function holds({ person, leaseToken, now }: LeaseHolder) {
  return and(
    eq(cases.state, 'claimed'),
    eq(cases.claimedBy, person),
    eq(cases.leaseToken, leaseToken),
    sql`${cases.leaseUntil} >= ${now.toISOString()}::timestamptz`,
  )
}
