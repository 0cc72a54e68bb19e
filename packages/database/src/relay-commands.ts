import { and, eq, inArray, lt, lte, sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import { changeCase, findCase, findOpenCase, queueCaseEvent, type CaseRow } from './cases.js'
import type { Database, Queries } from './database.js'
import { settleProvisional, type CommandRow } from './issue-commands.js'
import { lockHead } from './outbox.js'
import { commands, sessions } from './schema/index.js'

const pending = ['waiting', 'sent'] as const

/**
 * Commands that are due, all of the streams that nobody else is relaying, in sequence a stream: one that still waits for its
 * undo holds back the later ones. The rows stay locked until the transaction ends: publish, then `markSent`, within it.
 */
export async function takeDueCommands(
  { orm }: Queries,
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<readonly CommandRow[]> {
  const at = now.toISOString()
  const { rows } = await orm.execute<{ stream_id: string }>(sql`
    select h.stream_id from stream_heads h
    where exists (select 1 from commands c where c.stream_id = h.stream_id and c.state in ('waiting', 'sent') and c.next_attempt_at <= ${at}::timestamptz and c.expires_at > ${at}::timestamptz)
    order by h.stream_id limit ${limit} for update skip locked`)
  const due: CommandRow[] = []
  for (const { stream_id: streamId } of rows) {
    const where = and(eq(commands.streamId, streamId), inArray(commands.state, [...pending]))
    for (const command of await orm.select().from(commands).where(where).orderBy(commands.sequence)) {
      if (command.state === 'waiting' && command.notBefore > now) break
      if (command.nextAttemptAt <= now && command.expiresAt > now) due.push(command)
    }
  }
  return due
}

export async function markSent(
  { orm }: Queries,
  { commandId, sentAt, attempts }: CommandRow,
  { now, retryMs }: { readonly now: Date; readonly retryMs: number },
): Promise<void> {
  const nextAttemptAt = new Date(now.getTime() + retryMs)
  await orm
    .update(commands)
    .set({ state: 'sent', sentAt: sentAt ?? now, attempts: attempts + 1, nextAttemptAt })
    .where(and(eq(commands.commandId, commandId), inArray(commands.state, [...pending])))
}

export interface Ack {
  readonly streamId: string
  readonly commandId: string
  readonly result: 'done' | 'failed' | 'unknown-target' | 'refused'
  readonly brokerAt: Date
  readonly now: Date
}

/** Notes the platform's answer, once. Gives the command when this was news, null when it was known or never ours. */
export async function recordAck(
  database: Database,
  { streamId, commandId, result, brokerAt, now }: Ack,
): Promise<CommandRow | null> {
  return database.transaction(async (tx) => {
    await lockHead(tx, streamId)
    const state = result === 'done' ? ('acknowledged' as const) : ('failed' as const)
    const where = and(
      eq(commands.commandId, commandId),
      eq(commands.streamId, streamId),
      inArray(commands.state, [...pending]),
    )
    const [command] = await tx.orm
      .update(commands)
      .set({ state, ackResult: result, ackedAt: now, ackedBrokerAt: brokerAt })
      .where(where)
      .returning()
    if (command === undefined) return null
    const known = await findCase(tx, command.caseId)
    if (known === null) return command
    if (state === 'failed') await reopenCase(tx, known, now)
    else await settleCase(tx, known, command, now)
    return command
  })
}

/** A cut that was acknowledged starts the dark check; when nothing else is pending the case is closed. */
async function settleCase(tx: Queries, known: CaseRow, command: CommandRow, now: Date): Promise<void> {
  if (known.cutCommandId === command.commandId) {
    await save(tx, known, { cutAckedAt: command.ackedBrokerAt }, now)
    return
  }
  if (known.state !== 'enforcing' || known.darkState === 'waiting') {
    await save(tx, known, {}, now)
    return
  }
  const open = await tx.orm.$count(
    commands,
    and(eq(commands.caseId, known.caseId), inArray(commands.state, [...pending])),
  )
  await save(tx, known, open === 0 ? { state: 'closed' } : {}, now)
}

async function save(tx: Queries, known: CaseRow, change: Partial<CaseRow>, now: Date): Promise<void> {
  const row = await changeCase(tx, known, { ...change, updatedAt: now })
  await queueCaseEvent(tx, row, row.state === 'closed' ? 'moderation.case.closed' : 'moderation.case.updated', now)
}

/** What was ordered did not happen: a person must look again. An open follow-up is that already. */
async function reopenCase(tx: Queries, known: CaseRow, now: Date): Promise<void> {
  const isSettled = known.state === 'open' || known.state === 'claimed'
  if (isSettled || (await findOpenCase(tx, known.streamId)) !== null) return
  await save(tx, known, { state: 'open', darkState: 'none' }, now)
}

/** Ends commands that nobody answered in their time, and reopens their cases. */
export async function expireCommands(database: Database, now: Date): Promise<readonly CommandRow[]> {
  const late = await attempt(() =>
    database.orm
      .select()
      .from(commands)
      .where(and(inArray(commands.state, [...pending]), lte(commands.expiresAt, now)))
      .limit(200),
  )
  for (const { commandId, streamId, caseId } of late) {
    await database.transaction(async (tx) => {
      await lockHead(tx, streamId)
      const expired = await tx.orm
        .update(commands)
        .set({ state: 'expired' })
        .where(and(eq(commands.commandId, commandId), inArray(commands.state, [...pending])))
        .returning()
      const known = expired.length === 0 ? null : await findCase(tx, caseId)
      if (known !== null) await reopenCase(tx, known, now)
    })
  }
  return late
}

export interface RevertRules {
  readonly now: Date
  readonly expireAfterMs: number
  /** How much longer the clock runs when nobody is there to look. */
  readonly extendMs: number
}

/** A session that was used within this time counts as a person who is there. */
const presentMs = 120_000

/**
 * Takes back what a machine did and nobody confirmed in time. While no person is signed in the clock stands: it is set
 * further, up to the cap. Gives what was restored and what was extended.
 */
export async function revertProvisionals(
  database: Database,
  rules: RevertRules,
): Promise<{ restored: CommandRow[]; extended: CommandRow[] }> {
  const { now } = rules
  const due = await attempt(() =>
    database.orm
      .select()
      .from(commands)
      .where(and(eq(commands.provisional, 'running'), lt(commands.revertsAt, now)))
      .limit(200),
  )
  if (due.length === 0) return { restored: [], extended: [] }
  const isSomebodyThere =
    (await attempt(() =>
      database.orm.$count(
        sessions,
        sql`${sessions.lastSeenAt} > ${new Date(now.getTime() - presentMs).toISOString()}::timestamptz`,
      ),
    )) > 0
  const result: { restored: CommandRow[]; extended: CommandRow[] } = { restored: [], extended: [] }
  for (const command of due) {
    const isCapped = command.revertCapAt !== null && command.revertCapAt <= now
    if (isSomebodyThere || isCapped) result.restored.push(...(await restore(database, command, rules)))
    else result.extended.push(...(await extend(database, command, rules)))
  }
  return result
}

async function restore(
  database: Database,
  { commandId, streamId, data }: CommandRow,
  { now, expireAfterMs }: RevertRules,
): Promise<CommandRow[]> {
  return database.transaction(async (tx) => {
    await lockHead(tx, streamId)
    const [running] = await tx.orm
      .select()
      .from(commands)
      .where(and(eq(commands.commandId, commandId), eq(commands.provisional, 'running')))
    if (running === undefined) return []
    return [
      await settleProvisional(tx, running, {
        action: 'restore',
        reason: data.reason,
        decisionId: null,
        now,
        notBefore: now,
        expireAfterMs,
      }),
    ]
  })
}

async function extend(
  { orm }: Queries,
  { commandId, revertCapAt }: CommandRow,
  { now, extendMs }: RevertRules,
): Promise<CommandRow[]> {
  const later = new Date(now.getTime() + extendMs)
  const revertsAt = revertCapAt !== null && revertCapAt < later ? revertCapAt : later
  return attempt(() =>
    orm
      .update(commands)
      .set({ revertsAt })
      .where(and(eq(commands.commandId, commandId), eq(commands.provisional, 'running')))
      .returning(),
  )
}
