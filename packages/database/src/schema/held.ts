import type { TextMatch, Verdict, Versioned } from '@streamkeeper/contracts'
import { sql } from 'drizzle-orm'
import { index, integer, json, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { moment, words } from './columns.js'

/** Writer: escalate; decided by the console too, both only while the state is held. The row is also the outbox of the final verdict. */
export const heldMessages = pgTable(
  'held_messages',
  {
    streamId: text('stream_id').notNull(),
    messageId: text('message_id').notNull(),
    accountId: text('account_id'),
    nickname: words('nickname'),
    /** As it was sent; null when the verdict did not carry it. */
    text: words('text'),
    matches: json('matches').$type<readonly TextMatch[]>().notNull(),
    severity: integer('severity').notNull(),
    /** Why the lane could not judge it. */
    fallback: text('fallback'),
    policy: json('policy').$type<Versioned>().notNull(),
    /** Broker time of the first verdict, and that plus the policy's timeout: reading again makes the same row. */
    heldAt: moment('held_at').notNull(),
    dueAt: moment('due_at').notNull(),
    /** What it becomes when nobody decides in time. */
    timeoutVerdict: text('timeout_verdict').$type<Exclude<Verdict, 'hold'>>().notNull(),
    state: text('state').$type<'held' | 'released' | 'blocked'>().notNull().default('held'),
    decidedBy: text('decided_by'),
    decidedAt: moment('decided_at'),
    publishedAt: moment('published_at'),
  },
  (table) => [
    primaryKey({ columns: [table.streamId, table.messageId] }),
    index('held_waiting')
      .on(table.heldAt, table.streamId, table.messageId)
      .where(sql`${table.state} = 'held'`),
    index('held_of_stream')
      .on(table.streamId, table.heldAt, table.messageId)
      .where(sql`${table.state} = 'held'`),
    index('held_due')
      .on(table.dueAt)
      .where(sql`${table.state} = 'held'`),
    index('held_unpublished')
      .on(table.decidedAt)
      .where(sql`${table.state} <> 'held' and ${table.publishedAt} is null`),
    index('held_published').on(table.publishedAt),
  ],
)
