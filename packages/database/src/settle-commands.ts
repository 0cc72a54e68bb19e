import { and, eq, inArray, isNotNull, lte } from 'drizzle-orm'
import { attempt } from './attempt.js'
import { changeCase, findCase, findOpenCase, queueCaseEvent, type CaseRow } from './cases.js'
import type { Database, Queries } from './database.js'
import type { CommandRow } from './issue-commands.js'
import { lockHead } from './outbox.js'
import { pendingStates } from './relay-commands.js'
import { cases, commands } from './schema/index.js'

const isPending = inArray(commands.state, [...pendingStates])

export interface Ack {
  readonly streamId: string
  readonly commandId: string
  readonly result: 'done' | 'failed' | 'unknown-target' | 'refused'
  readonly brokerAt: Date
  readonly now: Date
}

/**
 * Notes the platform's answer, once. Gives the command when this was news, null when it was known, never ours or not sent: a
 * command that still waits for its undo has no answer.
 */
export async function recordAck(
  database: Database,
  { streamId, commandId, result, brokerAt, now }: Ack,
): Promise<CommandRow | null> {
  return database.transaction(async (tx) => {
    await lockHead(tx, streamId)
    const state = result === 'done' ? ('acknowledged' as const) : ('failed' as const)
    // A relay may have crashed between sending and noting it: what has its number counts as sent.
    const where = and(
      eq(commands.commandId, commandId),
      eq(commands.streamId, streamId),
      isPending,
      isNotNull(commands.sequence),
    )
    const [command] = await tx.orm
      .update(commands)
      .set({ state, ackResult: result, ackedAt: now, ackedBrokerAt: brokerAt })
      .where(where)
      .returning()
    if (command === undefined) return null
    const known = await findCase(tx, command.caseId)
    if (known === null) return command
    if (state === 'failed') await failCommand(tx, known, command, now)
    else await settleCase(tx, known, command, now)
    return command
  })
}

/** A cut that was acknowledged starts the dark check; when nothing else is pending the case is closed. */
async function settleCase(tx: Queries, known: CaseRow, command: CommandRow, now: Date): Promise<void> {
  const cut = known.cutCommandId === command.commandId ? { cutAckedAt: command.ackedBrokerAt } : {}
  if (isOpen(known)) {
    // No new version: what a person is deciding on did not change.
    await tx.orm
      .update(cases)
      .set({ ...cut, updatedAt: now })
      .where(eq(cases.caseId, known.caseId))
    return
  }
  const isDone = known.state === 'enforcing' && known.darkState !== 'waiting' && !(await hasPending(tx, known))
  await save(tx, known, isDone ? { state: 'closed' } : cut, now)
}

async function hasPending({ orm }: Queries, { caseId }: CaseRow): Promise<boolean> {
  return (await orm.$count(commands, and(eq(commands.caseId, caseId), isPending))) > 0
}

function isOpen({ state }: CaseRow): boolean {
  return state === 'open' || state === 'claimed'
}

async function save(tx: Queries, known: CaseRow, change: Partial<CaseRow>, now: Date): Promise<void> {
  const row = await changeCase(tx, known, { ...change, updatedAt: now })
  await queueCaseEvent(tx, row, row.state === 'closed' ? 'moderation.case.closed' : 'moderation.case.updated', now)
}

/** The platform said that it did not: there is nothing to take back later. */
async function failCommand(tx: Queries, known: CaseRow, command: CommandRow, now: Date): Promise<void> {
  await tx.orm
    .update(commands)
    .set({ provisional: null })
    .where(and(eq(commands.commandId, command.commandId), eq(commands.provisional, 'running')))
  await reopenCase(tx, known, command, now)
  await unsettle(tx, command)
}

/** What a confirm or restore did not settle is in force, and without a clock: the next decision of the open case settles it. */
async function unsettle(tx: Queries, { caseId, streamId, data }: CommandRow): Promise<void> {
  if (data.revokes === undefined) return
  const open = await findOpenCase(tx, streamId)
  await tx.orm
    .update(commands)
    .set({ provisional: 'running', revertsAt: null, caseId: open?.caseId ?? caseId })
    .where(eq(commands.commandId, data.revokes))
}

/**
 * What was ordered did not happen: a person must look again. An open follow-up is that already, so the case that it follows
 * ends. A cut that is being proven goes on being proven when it was another command that failed.
 */
async function reopenCase(tx: Queries, known: CaseRow, { commandId }: CommandRow, now: Date): Promise<void> {
  if (isOpen(known)) return
  const isCut = known.cutCommandId === commandId
  const dark = isCut ? { darkState: 'none' as const } : {}
  if ((await findOpenCase(tx, known.streamId)) === null) {
    await save(tx, known, { ...dark, state: 'open' }, now)
    return
  }
  const isProving = !isCut && known.darkState === 'waiting'
  const isDone = known.state === 'enforcing' && !isProving && !(await hasPending(tx, known))
  await save(tx, known, { ...dark, ...(isDone ? { state: 'closed' } : {}) }, now)
}

/** Ends commands that nobody answered in their time, and reopens their cases. Gives the ones that it ended. */
export async function expireCommands(database: Database, now: Date): Promise<readonly CommandRow[]> {
  const isLate = and(isPending, lte(commands.expiresAt, now))
  const late = await attempt(() =>
    database.orm.select().from(commands).where(isLate).orderBy(commands.streamId, commands.place).limit(200),
  )
  const expired: CommandRow[] = []
  for (const command of late) expired.push(...(await expire(database, command, now)))
  return expired
}

async function expire(
  database: Database,
  { commandId, streamId, caseId }: CommandRow,
  now: Date,
): Promise<CommandRow[]> {
  return database.transaction(async (tx) => {
    await lockHead(tx, streamId)
    const expired = await tx.orm
      .update(commands)
      .set({ state: 'expired' })
      .where(and(eq(commands.commandId, commandId), isPending))
      .returning()
    const known = await findCase(tx, caseId)
    for (const command of expired) {
      if (known !== null) await reopenCase(tx, known, command, now)
      await unsettle(tx, command)
    }
    return expired
  })
}
