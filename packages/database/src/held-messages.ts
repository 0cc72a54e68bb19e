import { and, asc, desc, eq, sql, type SQL } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Queries } from './database.js'
import { heldMessages } from './schema/index.js'

export type HeldRow = typeof heldMessages.$inferSelect
export type NewHeldMessage = Omit<HeldRow, 'state' | 'decidedBy' | 'decidedAt' | 'publishedAt'>

/** Notes a held message; one that is known already stays as it is, decided or not. */
export async function holdMessage({ orm }: Queries, message: NewHeldMessage): Promise<void> {
  await attempt(() => orm.insert(heldMessages).values(message).onConflictDoNothing())
}

const isHeld = eq(heldMessages.state, 'held')

/** Where a page of the list ended. */
export interface HeldPlace {
  readonly heldAt: Date
  readonly streamId: string
  readonly messageId: string
}

export interface HeldQuestion {
  readonly streamId: string | undefined
  readonly order: 'oldest' | 'newest'
  /** Only what comes behind it. */
  readonly after: HeldPlace | undefined
  readonly limit: number
}

/** Messages that wait, by the time they were held. */
export async function listHeld({ orm }: Queries, question: HeldQuestion): Promise<readonly HeldRow[]> {
  const { streamId, order, after, limit } = question
  const direction = order === 'oldest' ? asc : desc
  const where = and(
    isHeld,
    streamId === undefined ? undefined : eq(heldMessages.streamId, streamId),
    after === undefined ? undefined : isBehind(after, order),
  )
  const { heldAt, streamId: stream, messageId } = heldMessages
  return attempt(() =>
    orm
      .select()
      .from(heldMessages)
      .where(where)
      .orderBy(direction(heldAt), direction(stream), direction(messageId))
      .limit(limit),
  )
}

function isBehind({ heldAt, streamId, messageId }: HeldPlace, order: HeldQuestion['order']): SQL {
  const place = sql`(${heldMessages.heldAt}, ${heldMessages.streamId}, ${heldMessages.messageId})`
  const given = sql`(${heldAt.toISOString()}::timestamptz, ${streamId}::text, ${messageId}::text)`
  return order === 'oldest' ? sql`${place} > ${given}` : sql`${place} < ${given}`
}

/** How many wait, of all streams. */
export async function countHeld({ orm }: Queries): Promise<number> {
  return attempt(() => orm.$count(heldMessages, isHeld))
}

export interface HeldOfStream {
  readonly streamId: string
  readonly waiting: number
}

/** The streams of which the most wait, the most first. */
export async function countHeldByStream({ orm }: Queries, limit: number): Promise<readonly HeldOfStream[]> {
  const waiting = sql<number>`count(*)::int`
  return attempt(() =>
    orm
      .select({ streamId: heldMessages.streamId, waiting })
      .from(heldMessages)
      .where(isHeld)
      .groupBy(heldMessages.streamId)
      .orderBy(desc(waiting), heldMessages.streamId)
      .limit(limit),
  )
}

/** What tells that something of the list changed: how many wait and when the latest of them was held. */
export async function readHeldMark({ orm }: Queries): Promise<{ readonly waiting: number; readonly mark: string }> {
  const columns = {
    waiting: sql<number>`count(*)::int`,
    mark: sql<string>`count(*) || ' ' || coalesce(max(held_at)::text, '')`,
  }
  const [row] = await attempt(() => orm.select(columns).from(heldMessages).where(isHeld))
  return row ?? { waiting: 0, mark: '' }
}
