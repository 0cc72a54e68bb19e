import type { CommandIssued } from '@streamkeeper/contracts'
import { and, eq, inArray, sql, type SQL } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Database, Queries } from './database.js'
import type { CommandRow } from './issue-commands.js'
import { lockHead } from './outbox.js'
import { commands, streamHeads } from './schema/index.js'

/** States in which a command still awaits its answer. */
export const pendingStates = ['waiting', 'sent'] as const

/** A command that has its number, as the platform is to see it. */
export interface DueCommand extends CommandRow {
  readonly issued: CommandIssued
}

/**
 * Gives the stream's next numbers, and the key that signs now, to commands whose time has come, under the stream's lock and for good: what is sent
 * twice is sent with the same number and signature. One that still waits for its undo holds back the later ones of its stream, but for
 * those that are immediate.
 */
export async function numberCommands(
  database: Database,
  { now, limit, keyId }: { readonly now: Date; readonly limit: number; readonly keyId: string },
): Promise<void> {
  const at = sql`${now.toISOString()}::timestamptz`
  const { rows } = await attempt(() =>
    database.orm.execute<{ stream_id: string }>(sql`
      select c.stream_id from commands c where ${isRipe(at)} group by c.stream_id order by min(c.not_before) limit ${limit}`),
  )
  for (const { stream_id: streamId } of rows)
    await database.transaction(async (tx) => {
      let { lastCommand } = await lockHead(tx, streamId)
      const { rows: ripe } = await tx.orm.execute<{ command_id: string }>(sql`
        select c.command_id from commands c where c.stream_id = ${streamId} and ${isRipe(at)} order by c.place`)
      for (const { command_id: commandId } of ripe) {
        lastCommand += 1
        await tx.orm.update(commands).set({ sequence: lastCommand, keyId }).where(eq(commands.commandId, commandId))
      }
      await tx.orm.update(streamHeads).set({ lastCommand }).where(eq(streamHeads.streamId, streamId))
    })
}

function isRipe(at: SQL): SQL {
  return sql`c.state = 'waiting' and c.sequence is null and c.not_before <= ${at} and c.expires_at > ${at}
    and (c.immediate or not exists (
      select 1 from commands e where e.stream_id = c.stream_id and e.place < c.place
        and e.state = 'waiting' and e.not_before > ${at}))`
}

/**
 * Numbered commands that are due, of the streams that nobody else is relaying, in sequence a stream. The rows stay locked
 * until the transaction ends: publish, then `markSent`, within it. The heads stay free, so that a log that does not answer
 * holds up no decision.
 */
export async function takeDueCommands(
  { orm }: Queries,
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<readonly DueCommand[]> {
  const at = sql`${now.toISOString()}::timestamptz`
  // The first due command of a stream stands for the stream: who holds its row relays the stream.
  const { rows } = await orm.execute<{ stream_id: string }>(sql`
    select c.stream_id from commands c
    where c.sequence is not null and c.state in ('waiting', 'sent') and c.next_attempt_at <= ${at} and c.expires_at > ${at}
      and not exists (
        select 1 from commands e where e.stream_id = c.stream_id and e.sequence < c.sequence
          and e.state in ('waiting', 'sent') and e.next_attempt_at <= ${at} and e.expires_at > ${at})
    order by c.next_attempt_at limit ${limit} for update of c skip locked`)
  const due: DueCommand[] = []
  for (const { stream_id: streamId } of rows) due.push(...(await lockDue({ orm }, streamId, at)))
  return due
}

async function lockDue({ orm }: Queries, streamId: string, at: SQL): Promise<DueCommand[]> {
  const where = and(
    eq(commands.streamId, streamId),
    inArray(commands.state, [...pendingStates]),
    sql`${commands.nextAttemptAt} <= ${at} and ${commands.expiresAt} > ${at}`,
  )
  const rows = await orm.select().from(commands).where(where).orderBy(commands.sequence).for('update')
  return rows.flatMap((row) =>
    row.sequence === null ? [] : [{ ...row, issued: { ...row.data, sequence: row.sequence } }],
  )
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
