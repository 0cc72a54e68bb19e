import { and, eq, inArray, sql, type SQL } from 'drizzle-orm'
import type { Queries } from './database.js'
import type { CommandRow } from './issue-commands.js'
import { commands } from './schema/index.js'

/** States in which a command still awaits its answer. */
export const pendingStates = ['waiting', 'sent'] as const

/**
 * Commands that are due, of the streams that nobody else is relaying, in sequence a stream: one that still waits for its
 * undo holds back the later ones. The rows stay locked until the transaction ends: publish, then `markSent`, within it. The
 * heads stay free, so that a log that does not answer holds up no decision; an undo waits for what is being published.
 */
export async function takeDueCommands(
  { orm }: Queries,
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<readonly CommandRow[]> {
  const at = sql`${now.toISOString()}::timestamptz`
  // The first due command of a stream stands for the stream: who holds its row relays the stream.
  const { rows } = await orm.execute<{ stream_id: string }>(sql`
    select c.stream_id from commands c
    where c.state in ('waiting', 'sent') and c.next_attempt_at <= ${at} and c.expires_at > ${at} and not exists (
      select 1 from commands e where e.stream_id = c.stream_id and e.sequence < c.sequence and e.state in ('waiting', 'sent')
        and ((e.next_attempt_at <= ${at} and e.expires_at > ${at}) or (e.state = 'waiting' and e.not_before > ${at})))
    order by c.next_attempt_at limit ${limit} for update of c skip locked`)
  const due: CommandRow[] = []
  for (const { stream_id: streamId } of rows) due.push(...(await lockDue({ orm }, streamId, at)))
  return due
}

async function lockDue({ orm }: Queries, streamId: string, at: SQL): Promise<CommandRow[]> {
  const isHeldBack = sql`exists (
    select 1 from commands e where e.stream_id = ${commands.streamId} and e.sequence < ${commands.sequence}
      and e.state = 'waiting' and e.not_before > ${at})`
  const where = and(
    eq(commands.streamId, streamId),
    sql`${commands.state} in ('waiting', 'sent')`,
    sql`${commands.nextAttemptAt} <= ${at} and ${commands.expiresAt} > ${at}`,
    sql`not ${isHeldBack}`,
  )
  return orm.select().from(commands).where(where).orderBy(commands.sequence).for('update')
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
    .where(and(eq(commands.commandId, commandId), inArray(commands.state, [...pendingStates])))
}
