import { and, eq, lt, sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Database, Queries } from './database.js'
import { settleProvisional, type CommandRow } from './issue-commands.js'
import { lockHead } from './outbox.js'
import { commands, sessions } from './schema/index.js'

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
