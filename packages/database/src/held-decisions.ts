import type { HeldDecided, HeldKey, Verdict } from '@streamkeeper/contracts'
import { and, eq, isNull, ne, sql, type SQL } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Database, Queries } from './database.js'
import type { HeldRow } from './held-messages.js'
import { heldMessages } from './schema/index.js'
import { writeAccess } from './users.js'

/** Who a final verdict is by when nobody decided in time; no account can have this name. */
export const timeoutActor = 'policy:timeout'

export interface DecideHeld {
  readonly messages: readonly HeldKey[]
  readonly verdict: Exclude<Verdict, 'hold'>
  readonly actor: string
  readonly role: string
  readonly at: Date
}

/** The rows as they are now, and which of them this call decided. */
export interface HeldDecisions {
  readonly rows: readonly HeldRow[]
  readonly decided: readonly HeldKey[]
}

/**
 * A person's verdict on held messages, with its rows on the access log, in one transaction. Each message is decided once, by whoever
 * comes first; what is decided or unknown stays as it is.
 */
export async function decideHeld(database: Database, input: DecideHeld): Promise<HeldDecisions> {
  const { messages, verdict, actor, role, at } = input
  return database.transaction(async (tx) => {
    const open = await lockHeld(tx, messages)
    if (open.length > 0) {
      const state = verdict === 'allow' ? ('released' as const) : ('blocked' as const)
      await tx.orm.update(heldMessages).set({ state, decidedBy: actor, decidedAt: at }).where(isAmong(open))
      const data: HeldDecided = { actor, role, verdict, messages: [...open], at: at.toISOString() }
      const what = `held messages ${state}: ${open.length}`
      const streamId = onlyStream(open)
      const access = { actor, role, what, reason: 'review', caseId: null, streamId, at }
      await writeAccess(tx, access, { type: 'moderation.held.decided', data })
    }
    return { rows: await tx.orm.select().from(heldMessages).where(isAmong(messages)), decided: open }
  })
}

/** Locks those that still wait, always in the same order: two people who decide at once wait for each other and do not stand still. */
async function lockHeld({ orm }: Queries, messages: readonly HeldKey[]): Promise<readonly HeldKey[]> {
  const { streamId, messageId } = heldMessages
  return orm
    .select({ streamId, messageId })
    .from(heldMessages)
    .where(and(eq(heldMessages.state, 'held'), isAmong(messages)))
    .orderBy(streamId, messageId)
    .for('update')
}

function isAmong(messages: readonly HeldKey[]): SQL {
  const streams = sql.param(messages.map(({ streamId }) => streamId))
  const ids = sql.param(messages.map(({ messageId }) => messageId))
  return sql`(${heldMessages.streamId}, ${heldMessages.messageId}) in (select s, m from unnest(${streams}::text[], ${ids}::text[]) w(s, m))`
}

function onlyStream(messages: readonly HeldKey[]): string | null {
  const streams = new Set(messages.map(({ streamId }) => streamId))
  return streams.size === 1 ? ([...streams][0] ?? null) : null
}

/** Gives at most `limit` messages whose time is up the verdict that stands in their row; how many. One that somebody decides now is left to him. */
export async function timeOutHeld(
  { orm }: Queries,
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<number> {
  const at = sql`${now.toISOString()}::timestamptz`
  const { rowCount } = await attempt(() =>
    orm.execute(sql`update held_messages
      set state = case timeout_verdict when 'allow' then 'released' else 'blocked' end, decided_by = ${timeoutActor}, decided_at = ${at}
      where state = 'held' and ctid = any(array(select h.ctid from held_messages h
        where h.state = 'held' and h.due_at <= ${at} order by h.due_at limit ${limit} for update skip locked))`),
  )
  return rowCount ?? 0
}

/** A message with its final verdict. */
export interface DecidedHeldRow extends HeldRow {
  readonly decidedBy: string
  readonly decidedAt: Date
}

const isUnpublished = and(ne(heldMessages.state, 'held'), isNull(heldMessages.publishedAt))

/** Decided messages that nobody else is publishing. The rows stay locked until the transaction ends: publish, then `markHeldPublished`, within it. */
export async function takeDecidedHeld({ orm }: Queries, limit: number): Promise<readonly DecidedHeldRow[]> {
  const rows = await orm
    .select()
    .from(heldMessages)
    .where(isUnpublished)
    .orderBy(heldMessages.decidedAt)
    .limit(limit)
    .for('update', { skipLocked: true })
  return rows.map((row) => {
    const { decidedBy, decidedAt } = row
    if (decidedBy === null || decidedAt === null) throw new Error(`message ${row.messageId} was decided by nobody`)
    return { ...row, decidedBy, decidedAt }
  })
}

export async function markHeldPublished({ orm }: Queries, rows: readonly HeldKey[], at: Date): Promise<void> {
  await orm
    .update(heldMessages)
    .set({ publishedAt: at })
    .where(and(isUnpublished, isAmong(rows)))
}
