import type { AlarmKind } from '@streamkeeper/contracts'
import { sql } from 'drizzle-orm'
import { bigserial, index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { moment, words } from './columns.js'

/** Writer: escalate; taken by the console. One open row a kind and subject. */
export const alarms = pgTable(
  'alarms',
  {
    alarmId: bigserial('alarm_id', { mode: 'number' }).primaryKey(),
    kind: text('kind').$type<AlarmKind>().notNull(),
    subject: text('subject').notNull(),
    message: words('message').notNull(),
    streamId: text('stream_id'),
    caseId: text('case_id'),
    raisedAt: moment('raised_at').notNull(),
    endedAt: moment('ended_at'),
    takenBy: text('taken_by'),
    takenAt: moment('taken_at'),
  },
  (table) => [
    uniqueIndex('alarms_one_open')
      .on(table.kind, table.subject)
      .where(sql`${table.endedAt} is null`),
    index('alarms_raised').on(table.raisedAt),
  ],
)

/** Writer: escalate. Keys that signed commands: one whose file is gone is missed. */
export const signingKeys = pgTable('signing_keys', {
  keyId: text('key_id').primaryKey(),
  firstUsedAt: moment('first_used_at').notNull(),
  retiredAt: moment('retired_at'),
})
