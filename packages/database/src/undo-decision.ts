import type { Actor, DecisionUndone } from '@streamkeeper/contracts'
import { eq, inArray } from 'drizzle-orm'
import { CaseConflictError } from './case-errors.js'
import { choosePicturesAgain } from './case-pictures.js'
import { findDecision } from './case-views.js'
import { changeCase, findCase, findOpenCase, queueCaseEvent, type CaseRow } from './cases.js'
import type { Database, Queries } from './database.js'
import { lockHead, queueEvent } from './outbox.js'
import { caseSignals, commands, decisions } from './schema/index.js'

/** Takes a decision back while its commands still wait; the case is open again. Throws CaseConflictError when it is too late. */
export async function undoDecision(
  database: Database,
  { decisionId, actor, now }: { readonly decisionId: string; readonly actor: Actor; readonly now: Date },
): Promise<CaseRow> {
  const found = await findDecision(database, decisionId)
  if (found === null) throw new CaseConflictError(`there is no decision ${decisionId}`)
  return database.transaction(async (tx) => {
    await lockHead(tx, found.streamId)
    const issued = await tx.orm
      .select()
      .from(commands)
      .where(eq(commands.decisionId, decisionId))
      .orderBy(commands.place)
    // A number is given under the head's lock, so that none of them is being sent just now.
    const isOut = issued.some((command) => command.state !== 'waiting' || command.sequence !== null)
    const isTooLate = found.undoUntil === null || found.undoUntil <= now || isOut
    if (isTooLate) throw new CaseConflictError(`decision ${decisionId} can no longer be taken back`)
    await tx.orm.update(decisions).set({ undoneAt: now }).where(eq(decisions.decisionId, decisionId))
    await cancel(
      tx,
      issued.map((command) => command.commandId),
    )
    const { caseId, streamId } = found
    const data: DecisionUndone = { decisionId, caseId, streamId, undoneBy: actor, undoneAt: now.toISOString() }
    await queueEvent(tx, streamId, { type: 'moderation.decision.undone', id: `${decisionId}:undone`, at: now, data })
    return reopen(tx, found.caseId, now)
  })
}

/** The machine's provisional actions that the decision settled run on. */
async function cancel(tx: Queries, commandIds: readonly string[]): Promise<void> {
  if (commandIds.length === 0) return
  const cancelled = await tx.orm
    .update(commands)
    .set({ state: 'cancelled' })
    .where(inArray(commands.commandId, [...commandIds]))
    .returning()
  const settled = cancelled.flatMap((command) => command.data.revokes ?? [])
  if (settled.length > 0)
    await tx.orm.update(commands).set({ provisional: 'running' }).where(inArray(commands.commandId, settled))
}

async function reopen(tx: Queries, caseId: string, now: Date): Promise<CaseRow> {
  const known = await findCase(tx, caseId)
  if (known === null) throw new CaseConflictError(`there is no case ${caseId}`)
  const followUp = await findOpenCase(tx, known.streamId)
  const worst = followUp === null ? {} : await takeBack(tx, known, followUp, now)
  const row = await changeCase(tx, known, {
    ...worst,
    state: 'open',
    darkState: 'none',
    cutCommandId: null,
    cutAckedAt: null,
    updatedAt: now,
  })
  await queueCaseEvent(tx, row, 'moderation.case.updated', now)
  return row
}

/** A stream has one open case: the follow-up goes back into the one that it followed, with all that makes it urgent. */
async function takeBack(tx: Queries, known: CaseRow, followUp: CaseRow, now: Date): Promise<Partial<CaseRow>> {
  const { caseId } = known
  await tx.orm.update(caseSignals).set({ caseId }).where(eq(caseSignals.caseId, followUp.caseId))
  await choosePicturesAgain(tx, caseId)
  await tx.orm.update(commands).set({ caseId }).where(eq(commands.caseId, followUp.caseId))
  const change = { state: 'closed', claimedBy: null, leaseUntil: null, updatedAt: now } as const
  await queueCaseEvent(tx, await changeCase(tx, followUp, change), 'moderation.case.closed', now)
  return {
    severity: Math.max(known.severity, followUp.severity),
    tier: known.tier < followUp.tier ? known.tier : followUp.tier,
    priority: Math.max(known.priority, followUp.priority),
    labels: [...new Set([...known.labels, ...followUp.labels])],
    deadlineAt: known.deadlineAt < followUp.deadlineAt ? known.deadlineAt : followUp.deadlineAt,
  }
}
