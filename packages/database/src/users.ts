import type { EventData, EventType, Role } from '@streamkeeper/contracts'
import { and, eq, gt, sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Database, Queries } from './database.js'
import { queueEvent } from './outbox.js'
import { accessLog, sessions, users } from './schema/index.js'

export type UserRow = typeof users.$inferSelect
export type SessionRow = typeof sessions.$inferSelect

export interface NewUser {
  readonly username: string
  readonly role: Role
  readonly passwordHash: string
}

/** Makes the account only when there is none at all; true when it was made. */
export async function createFirstUser(database: Database, user: NewUser): Promise<boolean> {
  return database.transaction(async ({ orm }) => {
    await orm.execute(sql`lock table ${users} in share row exclusive mode`)
    if ((await orm.$count(users)) > 0) return false
    await orm.insert(users).values({ ...user, createdAt: new Date() })
    return true
  })
}

export async function findUser({ orm }: Queries, username: string): Promise<UserRow | null> {
  return attempt(async () => (await orm.select().from(users).where(eq(users.username, username)))[0] ?? null)
}

/** Counts a wrong password; from the fifth on the account is locked for a time that doubles, at most 15 minutes. */
export async function noteFailure({ orm }: Queries, username: string, now: Date): Promise<void> {
  const lock = sql`case when ${users.failures} + 1 >= 5
    then ${now.toISOString()}::timestamptz + make_interval(secs => least(900, 15 * power(2, least(${users.failures} - 4, 10))))
    else ${users.lockedUntil} end`
  await attempt(() =>
    orm
      .update(users)
      .set({ failures: sql`${users.failures} + 1`, lockedUntil: lock })
      .where(eq(users.username, username)),
  )
}

export async function noteSuccess({ orm }: Queries, username: string): Promise<void> {
  await attempt(() => orm.update(users).set({ failures: 0, lockedUntil: null }).where(eq(users.username, username)))
}

export async function createSession({ orm }: Queries, session: typeof sessions.$inferInsert): Promise<void> {
  await attempt(() => orm.insert(sessions).values(session))
}

/** The session and its account, when both are good now; notes that it was used. */
export async function useSession(
  { orm }: Queries,
  { tokenHash, now, idleMs }: { readonly tokenHash: string; readonly now: Date; readonly idleMs: number },
): Promise<{ session: SessionRow; user: UserRow } | null> {
  const fresh = and(
    eq(sessions.tokenHash, tokenHash),
    gt(sessions.expiresAt, now),
    gt(sessions.lastSeenAt, new Date(now.getTime() - idleMs)),
  )
  const [row] = await attempt(() =>
    orm
      .select()
      .from(sessions)
      .innerJoin(users, eq(users.username, sessions.username))
      .where(and(fresh, eq(users.disabled, false))),
  )
  if (row === undefined) return null
  // A write a request would be a write a second for each open page.
  if (now.getTime() - row.sessions.lastSeenAt.getTime() > 10_000) {
    await attempt(() => orm.update(sessions).set({ lastSeenAt: now }).where(eq(sessions.tokenHash, tokenHash)))
  }
  return { session: row.sessions, user: row.users }
}

export async function deleteSession({ orm }: Queries, tokenHash: string): Promise<void> {
  await attempt(() => orm.delete(sessions).where(eq(sessions.tokenHash, tokenHash)))
}

export interface Access {
  readonly actor: string
  readonly role: string
  readonly what: string
  readonly reason: string
  readonly caseId: string | null
  readonly streamId: string | null
  readonly at: Date
}

/** Notes who looked at what and queues the event for the archive, in one transaction: what cannot be noted is not shown. */
export async function noteAccess(database: Database, access: Access): Promise<void> {
  const { actor, role, what, reason, caseId, streamId, at } = access
  const named = { ...(caseId === null ? {} : { caseId }), ...(streamId === null ? {} : { streamId }) }
  const data = { actor, role, what, reason, at: at.toISOString(), ...named }
  await database.transaction((tx) => writeAccess(tx, access, { type: 'moderation.evidence.viewed', data }))
}

/** A row of the access log and its event, in the order of whoever acted. Within a transaction only. */
export async function writeAccess<Type extends EventType>(
  tx: Queries,
  access: Access,
  { type, data }: { readonly type: Type; readonly data: EventData<Type> },
): Promise<void> {
  const [row] = await tx.orm.insert(accessLog).values(access).returning({ id: accessLog.id })
  await queueEvent(tx, `actor:${access.actor}`, { type, id: `access-${row?.id ?? 0}`, at: access.at, data })
}
