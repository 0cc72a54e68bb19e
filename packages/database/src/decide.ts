import { createHash } from 'node:crypto'
import type { Actor, DecisionAction, DecisionMade, Reason, Tier } from '@streamkeeper/contracts'
import { and, eq, gt, lte } from 'drizzle-orm'
import { CaseConflictError } from './case-errors.js'
import { changeCase, findCase, queueCaseEvent, type CaseRow } from './cases.js'
import type { Database, Queries } from './database.js'
import { moveLaterHits } from './follow-up.js'
import { issueCommand, listRunningProvisionals, settleProvisional, type CommandRow } from './issue-commands.js'
import { assertLease } from './leases.js'
import { lockHead, queueEvent } from './outbox.js'
import { caseSignals, commands, decisions } from './schema/index.js'

export type DecisionRow = typeof decisions.$inferSelect

export interface Decide {
  readonly caseId: string
  /** What the person had on the screen. */
  readonly expectedVersion: number
  readonly seenThroughSeq: number
  readonly leaseToken: number
  readonly actor: Actor
  readonly action: DecisionAction
  readonly reason: Reason
  /** The same key again is the same decision. */
  readonly idempotencyKey: string
  readonly now: Date
  readonly rules: CommandRules
}

export interface CommandRules {
  readonly undoMs: number
  readonly immediateTiers: readonly Tier[]
  readonly expireAfterMs: number
}

export interface Decided {
  readonly decision: DecisionRow
  readonly commands: readonly CommandRow[]
  readonly case: CaseRow
}

const cutting: ReadonlySet<string> = new Set(['cut-stream', 'suspend-account', 'ban-account'])

/**
 * A person's decision: case by version and lease, decision, commands in the stream's order and events, in one transaction
 * under the stream's lock. Throws CaseConflictError or LeaseLostError; hits that were not on the screen go to a follow-up.
 */
export async function decide(database: Database, input: Decide): Promise<Decided> {
  const found = await findCase(database, input.caseId)
  if (found === null) throw new CaseConflictError(`there is no case ${input.caseId}`)
  const decisionId = `dec-${createHash('sha256').update(`${input.caseId}\0${input.idempotencyKey}`).digest('hex').slice(0, 32)}`
  return database.transaction(async (tx) => {
    await lockHead(tx, found.streamId)
    const again = await findDecided(tx, decisionId)
    if (again !== null) return again
    const known = await findCase(tx, input.caseId)
    if (known === null) throw new CaseConflictError(`there is no case ${input.caseId}`)
    await checkCase(tx, known, input)
    return writeDecision(tx, known, { ...input, decisionId })
  })
}

async function findDecided(tx: Queries, decisionId: string): Promise<Decided | null> {
  const [decision] = await tx.orm.select().from(decisions).where(eq(decisions.decisionId, decisionId))
  if (decision === undefined) return null
  if (decision.undoneAt !== null) throw new CaseConflictError(`decision ${decisionId} was taken back`)
  const row = await findCase(tx, decision.caseId)
  if (row === null) throw new Error(`decision ${decisionId} has no case`)
  return {
    decision,
    case: row,
    commands: await tx.orm.select().from(commands).where(eq(commands.decisionId, decisionId)).orderBy(commands.place),
  }
}

/** A newer version is a conflict unless only hits came, which the follow-up takes. */
async function checkCase(
  tx: Queries,
  known: CaseRow,
  { leaseToken, expectedVersion, seenThroughSeq, actor, now }: Decide,
): Promise<void> {
  assertLease(known, { person: actor.id, leaseToken, now })
  const ofCase = eq(caseSignals.caseId, known.caseId)
  if ((await tx.orm.$count(caseSignals, and(ofCase, lte(caseSignals.seq, seenThroughSeq)))) === 0)
    throw new CaseConflictError(`no hit of case ${known.caseId} was seen`)
  if (expectedVersion === known.version) return
  const later = await tx.orm.$count(caseSignals, and(ofCase, gt(caseSignals.seq, seenThroughSeq)))
  if (expectedVersion > known.version || later === 0)
    throw new CaseConflictError(`case ${known.caseId} is at version ${known.version}, not ${expectedVersion}`)
}

async function writeDecision(
  tx: Queries,
  known: CaseRow,
  input: Decide & { readonly decisionId: string },
): Promise<Decided> {
  const { now, rules } = input
  const isImmediate = rules.immediateTiers.includes(known.tier)
  const notBefore = isImmediate ? now : new Date(now.getTime() + rules.undoMs)
  const issued = await issueAll(tx, known, { ...input, notBefore, immediate: isImmediate })
  const decision = await insertDecision(tx, known, input, isImmediate || issued.length === 0 ? null : notBefore)
  const cut = issued.find((command) => cutting.has(command.action))
  const row = await changeCase(tx, known, {
    state: issued.length === 0 ? 'closed' : 'enforcing',
    claimedBy: null,
    leaseUntil: null,
    updatedAt: now,
    ...(cut === undefined ? {} : { cutCommandId: cut.commandId, darkState: 'waiting' as const }),
  })
  await queueCaseEvent(tx, row, issued.length === 0 ? 'moderation.case.closed' : 'moderation.case.updated', now)
  await moveLaterHits(tx, row, { seenThroughSeq: input.seenThroughSeq, now })
  return { decision, commands: issued, case: row }
}

async function issueAll(
  tx: Queries,
  known: CaseRow,
  input: Decide & { readonly decisionId: string; readonly notBefore: Date; readonly immediate: boolean },
): Promise<CommandRow[]> {
  const { decisionId, reason, now, notBefore, immediate, rules, action } = input
  const common = { decisionId, reason, now, notBefore, immediate, expireAfterMs: rules.expireAfterMs }
  const issued: CommandRow[] = []
  for (const running of await listRunningProvisionals(tx, known.caseId)) {
    issued.push(
      await settleProvisional(tx, running, { ...common, action: action === 'no-violation' ? 'restore' : 'confirm' }),
    )
  }
  if (action === 'no-violation') return issued
  const { streamId, accountId, caseId } = known
  issued.push(await issueCommand(tx, { ...common, streamId, caseId, action, target: { streamId, accountId } }))
  return issued
}

async function insertDecision(
  tx: Queries,
  known: CaseRow,
  input: Decide & { readonly decisionId: string },
  undoUntil: Date | null,
): Promise<DecisionRow> {
  const { decisionId, seenThroughSeq, action, reason, actor, now } = input
  const { caseId, streamId } = known
  const [row] = await tx.orm
    .insert(decisions)
    .values({
      decisionId,
      caseId,
      streamId,
      seenThroughSeq,
      action,
      reason,
      decidedBy: actor,
      decidedAt: now,
      undoUntil,
    })
    .returning()
  if (row === undefined) throw new Error('decision was not inserted')
  const data: DecisionMade = {
    decisionId,
    caseId,
    streamId,
    seenThrough: String(seenThroughSeq),
    action,
    reason,
    decidedBy: actor,
    decidedAt: now.toISOString(),
  }
  await queueEvent(tx, streamId, { type: 'moderation.decision.made', id: decisionId, at: now, data })
  return row
}
