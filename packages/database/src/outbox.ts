import type { EventData, EventType } from '@streamkeeper/contracts'
import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Queries } from './database.js'
import { outbox, streamHeads, type OutboxEvent } from './schema/index.js'

export type OutboxRow = typeof outbox.$inferSelect

/** Takes the row lock that puts everything of a stream (or actor) in order, and gives its counters. Within a transaction only. */
export async function lockHead({ orm }: Queries, key: string): Promise<typeof streamHeads.$inferSelect> {
  await orm.insert(streamHeads).values({ streamId: key }).onConflictDoNothing()
  const [head] = await orm.select().from(streamHeads).where(eq(streamHeads.streamId, key)).for('update')
  if (head === undefined) throw new Error(`no head row of ${key}`)
  return head
}

/** Writes an event beside the rows that it tells of: it is published once they are committed, in this order. */
export async function queueEvent<Type extends EventType>(
  queries: Queries,
  key: string,
  event: { readonly type: Type; readonly id: string; readonly at: Date; readonly data: EventData<Type> },
): Promise<void> {
  const { lastOutbox } = await lockHead(queries, key)
  const seq = lastOutbox + 1
  const { type, id, at, data } = event
  const row: OutboxEvent = { type, id, time: at.toISOString(), data }
  await queries.orm.insert(outbox).values({ key, seq, event: row, createdAt: at })
  await queries.orm.update(streamHeads).set({ lastOutbox: seq }).where(eq(streamHeads.streamId, key))
}

/**
 * Unpublished events of the keys that nobody else is publishing, in order a key, about `limit` of them. Their first rows stay
 * locked until the transaction ends: publish, then `markPublished`, within it. The heads stay free, so that a log that does
 * not answer holds up no decision.
 */
export async function takeOutbox({ orm }: Queries, limit: number): Promise<readonly OutboxRow[]> {
  const { rows } = await orm.execute<{ key: string }>(sql`
    select o.key from outbox o
    where o.published_at is null and not exists (
      select 1 from outbox e where e.key = o.key and e.seq < o.seq and e.published_at is null)
    order by o.key limit ${limit} for update of o skip locked`)
  const taken: OutboxRow[] = []
  for (const { key } of rows) {
    if (taken.length >= limit) break
    const unpublished = and(eq(outbox.key, key), isNull(outbox.publishedAt))
    taken.push(...(await orm.select().from(outbox).where(unpublished).orderBy(outbox.seq).limit(limit)))
  }
  return taken
}

export async function markPublished(
  { orm }: Queries,
  rows: readonly Pick<OutboxRow, 'key' | 'seq'>[],
  at: Date,
): Promise<void> {
  const byKey = new Map<string, number[]>()
  for (const { key, seq } of rows) byKey.set(key, [...(byKey.get(key) ?? []), seq])
  for (const [key, seqs] of byKey) {
    await orm
      .update(outbox)
      .set({ publishedAt: at })
      .where(and(eq(outbox.key, key), inArray(outbox.seq, seqs)))
  }
}
