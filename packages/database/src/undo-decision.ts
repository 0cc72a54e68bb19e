import { and, eq, inArray } from 'drizzle-orm'
import { CaseConflictError } from './case-errors.js'
import { changeCase, findCase, findOpenCase, queueCaseEvent, type CaseRow } from './cases.js'
import type { Database, Queries } from './database.js'
import { lockHead } from './outbox.js'
import { cases, caseSignals, commands, decisions } from './schema/index.js'

/** Takes a decision back while its commands still wait; the case is open again. Throws CaseConflictError when it is too late. */
export async function undoDecision(
  database: Database,
  { decisionId, now }: { readonly decisionId: string; readonly now: Date },
): Promise<CaseRow> {
  const [found] = await database.orm.select().from(decisions).where(eq(decisions.decisionId, decisionId))
  if (found === undefined) throw new CaseConflictError(`there is no decision ${decisionId}`)
  return database.transaction(async (tx) => {
    await lockHead(tx, found.streamId)
    const issued = await tx.orm.select().from(commands).where(eq(commands.decisionId, decisionId))
    const isTooLate =
      found.undoUntil === null || found.undoUntil <= now || issued.some((command) => command.state !== 'waiting')
    if (isTooLate) throw new CaseConflictError(`decision ${decisionId} can no longer be taken back`)
    const marked = await tx.orm
      .update(decisions)
      .set({ undoneAt: now })
      .where(and(eq(decisions.decisionId, decisionId), eq(decisions.action, found.action)))
      .returning()
    if (marked.length === 0) throw new CaseConflictError(`there is no decision ${decisionId}`)
    await cancel(
      tx,
      issued.map((command) => command.commandId),
    )
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
  if (followUp !== null) {
    // A stream has one open case: the follow-up goes back into the one that it followed.
    await tx.orm.update(caseSignals).set({ caseId }).where(eq(caseSignals.caseId, followUp.caseId))
    const closed = await changeCase(tx, followUp, {
      state: 'closed',
      claimedBy: null,
      leaseUntil: null,
      updatedAt: now,
    })
    await queueCaseEvent(tx, closed, 'moderation.case.closed', now)
  }
  await tx.orm.update(cases).set({ cutCommandId: null }).where(eq(cases.caseId, caseId))
  const row = await changeCase(tx, known, { state: 'open', darkState: 'none', updatedAt: now })
  await queueCaseEvent(tx, row, 'moderation.case.updated', now)
  return row
}
