import { StreamkeeperError, type Role, type UserChanged } from '@streamkeeper/contracts'
import { and, eq, gt, ne, sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Database, Queries } from './database.js'
import { sessions, users } from './schema/index.js'
import { writeAccess, type NewUser, type UserRow } from './users.js'

/** Who changes an account. */
export interface ChangedBy {
  readonly actor: string
  readonly role: string
  readonly at: Date
}

/** What is not named stays. */
export interface UserChanges {
  readonly role?: Role | undefined
  readonly disabled?: boolean | undefined
  readonly passwordHash?: string | undefined
}

export interface ListedUser {
  readonly user: UserRow
  /** Sessions that are good now. */
  readonly sessions: number
}

export async function listUsers({ orm }: Queries, now: Date): Promise<readonly ListedUser[]> {
  const count = sql<number>`count(${sessions.tokenHash})::int`
  const good = and(eq(sessions.username, users.username), gt(sessions.expiresAt, now))
  return attempt(() =>
    orm
      .select({ user: users, sessions: count })
      .from(users)
      .leftJoin(sessions, good)
      .groupBy(users.username)
      .orderBy(users.username),
  )
}

/** Makes an account and notes who did; false when the name is taken. */
export async function addUser(database: Database, user: NewUser, by: ChangedBy): Promise<boolean> {
  return database.transaction(async (tx) => {
    const made = await tx.orm
      .insert(users)
      .values({ ...user, createdAt: by.at })
      .onConflictDoNothing()
      .returning()
    if (made.length === 0) return false
    await noteChange(tx, { username: user.username, change: 'created', to: user.role }, by)
    return true
  })
}

/**
 * Changes an account, ends its sessions and notes who did what, in one transaction; null when there is none of that name.
 * Throws INVALID_REQUEST rather than leave nobody who may administer.
 */
export async function changeUser(
  database: Database,
  username: string,
  changes: UserChanges,
  by: ChangedBy,
): Promise<UserRow | null> {
  return database.transaction(async (tx) => {
    // Two admins who disable each other at once must not both succeed.
    await tx.orm.execute(sql`lock table ${users} in share row exclusive mode`)
    const [before] = await tx.orm.select().from(users).where(eq(users.username, username))
    if (before === undefined) return null
    const next = { ...before, ...named(changes) }
    if (isAdmin(before) && !isAdmin(next)) await requireOtherAdmin(tx, username)
    await tx.orm.update(users).set(next).where(eq(users.username, username))
    await tx.orm.delete(sessions).where(eq(sessions.username, username))
    for (const change of describeChanges(before, changes)) await noteChange(tx, { username, ...change }, by)
    return next
  })
}

/** Signs an account out everywhere; false when there is none of that name. */
export async function endSessions(database: Database, username: string, by: ChangedBy): Promise<boolean> {
  return database.transaction(async (tx) => {
    const [user] = await tx.orm.select().from(users).where(eq(users.username, username))
    if (user === undefined) return false
    await tx.orm.delete(sessions).where(eq(sessions.username, username))
    await noteChange(tx, { username, change: 'sessions-ended' }, by)
    return true
  })
}

const isAdmin = ({ role, disabled }: Pick<UserRow, 'role' | 'disabled'>): boolean => role === 'admin' && !disabled

async function requireOtherAdmin({ orm }: Queries, username: string): Promise<void> {
  const others = and(eq(users.role, 'admin'), eq(users.disabled, false), ne(users.username, username))
  if ((await orm.$count(users, others)) === 0)
    throw new StreamkeeperError('INVALID_REQUEST', 'nobody could administer any more: make another admin first')
}

function named(changes: UserChanges): Partial<UserRow> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
}

type Change = Pick<UserChanged, 'change' | 'to'>

function describeChanges(before: UserRow, { role, disabled, passwordHash }: UserChanges): Change[] {
  const changes: Change[] = []
  if (role !== undefined && role !== before.role) changes.push({ change: 'role', to: role })
  if (disabled !== undefined && disabled !== before.disabled)
    changes.push({ change: disabled ? 'disabled' : 'enabled' })
  if (passwordHash !== undefined) changes.push({ change: 'password' })
  return changes
}

async function noteChange(
  tx: Queries,
  { username, change, to }: Change & { readonly username: string },
  { actor, role, at }: ChangedBy,
): Promise<void> {
  const what = `account ${username}: ${change}${to === undefined ? '' : ` ${to}`}`
  const row = { actor, role, what, reason: 'administration', caseId: null, streamId: null, at }
  const data = { actor, role, username, change, at: at.toISOString(), ...(to === undefined ? {} : { to }) }
  await writeAccess(tx, row, { type: 'moderation.user.changed', data })
}
