import type { Role } from '@streamkeeper/contracts'
import { bigserial, boolean, index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { moment, words } from './columns.js'

/** Writer: console; the first row comes from `streamkeeper up`. */
export const users = pgTable('users', {
  username: text('username').primaryKey(),
  role: text('role').$type<Role>().notNull(),
  passwordHash: text('password_hash').notNull(),
  disabled: boolean('disabled').notNull().default(false),
  failures: integer('failures').notNull().default(0),
  lockedUntil: moment('locked_until'),
  createdAt: moment('created_at').notNull(),
})

/** Writer: console. The token itself is never stored. */
export const sessions = pgTable(
  'sessions',
  {
    tokenHash: text('token_hash').primaryKey(),
    username: text('username').notNull(),
    csrf: text('csrf').notNull(),
    createdAt: moment('created_at').notNull(),
    lastSeenAt: moment('last_seen_at').notNull(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [index('sessions_seen').on(table.lastSeenAt), index('sessions_expiry').on(table.expiresAt)],
)

/** Writer: console. Who looked at what, and why. */
export const accessLog = pgTable('access_log', {
  id: bigserial('id', { mode: 'number' }).primaryKey(),
  actor: text('actor').notNull(),
  role: text('role').notNull(),
  what: words('what').notNull(),
  reason: words('reason').notNull(),
  caseId: text('case_id'),
  streamId: text('stream_id'),
  at: moment('at').notNull(),
})
