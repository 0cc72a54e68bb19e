import type { NotLookedReason, Versioned } from '@streamkeeper/contracts'
import { index, integer, json, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { moment, wholeNumber, words } from './columns.js'

/** Writer: screen. The stretches of a stream do not overlap; together with the gaps they add up to its length. */
export const coverage = pgTable(
  'coverage',
  {
    streamId: text('stream_id').notNull(),
    fromMs: wholeNumber('from_ms').notNull(),
    toMs: wholeNumber('to_ms').notNull(),
    state: text('state').$type<'looked' | 'not-looked'>().notNull(),
    reason: text('reason').$type<NotLookedReason>(),
    detail: words('detail'),
    /** What the stretch came from, e.g. `segment:7`: asked again, the same stretches are the answer. */
    cause: text('cause').notNull(),
    pictures: integer('pictures').notNull().default(0),
    models: json('models').$type<readonly Versioned[]>().notNull(),
    at: moment('at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.streamId, table.fromMs] }),
    index('coverage_cause').on(table.streamId, table.cause),
    index('coverage_at').on(table.at),
  ],
)
