import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openTestDatabase, type TestDatabase } from './_test-database.js'
import { after, noon } from './_test-records.js'
import { listChangedCases } from './cases.js'
import { listQuietCuts } from './dark-check.js'
import { openDatabase, type Database } from './database.js'
import { takeDecidedHeld, timeOutHeld } from './held-decisions.js'
import { countHeld, countHeldByStream, listHeld, readHeldMark } from './held-messages.js'
import { expireLeases } from './leases.js'
import { takeOutbox } from './outbox.js'
import { numberCommands, takeDueCommands } from './relay-commands.js'
import { hasRelayWork } from './relay-work.js'
import { revertProvisionals } from './revert-provisionals.js'
import { listOpenPlans, oldestUnsealed } from './sealing.js'
import { listGaps } from './segments.js'
import { expireCommands } from './settle-commands.js'
import { lastStagedOffset, listOpenBatches, listOpenWindows } from './staging.js'
import { listQuietStreams } from './streams.js'
import { listSweepable, markSwept } from './sweeping.js'

const rowCount = 100_000
let opened: TestDatabase
/** One connection, whose own reads the server counts. */
let watched: Database

beforeAll(async () => {
  opened = await openTestDatabase()
  await fill(opened.database)
  watched = openDatabase({ url: opened.url, poolSize: 1 })
}, 120_000)

afterAll(async () => {
  await watched.close()
  await opened.close()
})

/** Rows of tables and entries of indexes that were read so far. */
async function countReads(): Promise<number> {
  await watched.pool.query('select pg_stat_force_next_flush()')
  await watched.pool.query('select 1')
  const { rows } = await watched.pool.query<{ reads: string }>(
    `select (select sum(seq_tup_read) from pg_stat_user_tables) +
      (select sum(idx_tup_read) from pg_stat_user_indexes) as reads`,
  )
  return Number(rows[0]?.reads)
}

/** Old rows, of the past, in every table that grows. */
async function fill({ pool }: Database): Promise<void> {
  const at = `'${noon.toISOString()}'::timestamptz`
  const old = (columns: string, values: string): string =>
    `insert into ${columns} select ${values} from generate_series(1, ${rowCount}) n`
  const statements = [
    old('stream_heads (stream_id)', `'s' || n`),
    old('outbox (key, seq, event, created_at, published_at)', `'s' || n, 1, '{}', ${at}, ${at}`),
    old(
      'commands (command_id, stream_id, place, sequence, case_id, action, data, state, not_before, expires_at, next_attempt_at)',
      `'c' || n, 's' || n, 1, 1, 'k' || n, 'warn-streamer', '{}', 'acknowledged', ${at}, ${at}, ${at}`,
    ),
    old(
      'cases (case_id, stream_id, account_id, title, class, state, tier, severity, priority, labels, viewers, live, opened_at, deadline_at, version, updated_at)',
      `'k' || n, 's' || n, 'a', '', 'game', 'closed', 'P2', 1, 1, '[]', 0, false, ${at}, ${at}, 1, ${at}`,
    ),
    old(
      'streams (stream_id, account_id, title, class, state, started_at, last_record_at, origin_topic, origin_partition, origin_offset)',
      `'s' || n, 'a', '', 'game', 'ended', ${at}, ${at}, 't', 0, n`,
    ),
    old(
      'stream_segments (stream_id, sequence, sha256, size, stream_time_ms, duration_ms, media_type, spool_key, origin_topic, origin_partition, origin_offset, received_at)',
      `'s' || n, 0, '', 1, 0, 1, '', '', 't', 0, n, ${at}`,
    ),
    old(
      'staged_segments (stream_id, sequence, partition, "offset", spool_key, sha256, size, media_type, stream_time_ms, duration_ms, received_at, broker_at, object_key, swept_at)',
      `'s' || n, 0, 0, n, 'k' || n, '', 1, '', 0, 1, ${at}, ${at}, 'o' || n, ${at}`,
    ),
    old(
      'staged_batches (topic, partition, first_offset, last_offset, records, sha256, size, spool_key, broker_first_at, broker_last_at, staged_at, object_key, swept_at)',
      `'t', 0, n, n, 1, '', 1, 'b' || n, ${at}, ${at}, ${at}, 'o' || n, ${at}`,
    ),
    old(
      'stream_windows (stream_id, index, partition, up_to_offset, reason, closed_at, object_key)',
      `'s' || n, 0, 0, n, '', ${at}, 'o' || n`,
    ),
    old(
      'held_messages (stream_id, message_id, matches, severity, policy, held_at, due_at, timeout_verdict, state, decided_by, decided_at, published_at)',
      `'s' || n % 100, 'm' || n, '[]', 1, '{}', ${at}, ${at}, 'block', 'blocked', 'mo', ${at}, ${at}`,
    ),
    old('seal_plans (object_key, plan, planned_at, sealed_at)', `'o' || n, '{}', ${at}, ${at}`),
    'analyze',
  ]
  for (const statement of statements) await pool.query(statement)
}

const now = after(3_600_000)
const questions: readonly (readonly [string, (database: Database) => Promise<unknown>])[] = [
  ['takeOutbox', (database) => takeOutbox(database, 100)],
  ['takeDueCommands', (database) => takeDueCommands(database, { now, limit: 100 })],
  ['expireCommands', (database) => expireCommands(database, now)],
  ['revertProvisionals', (database) => revertProvisionals(database, { now, expireAfterMs: 1, extendMs: 1 })],
  ['expireLeases', (database) => expireLeases(database, now)],
  ['listQuietCuts', (database) => listQuietCuts(database, now)],
  ['numberCommands', (database) => numberCommands(database, { now, limit: 100, keyId: 'key-1' })],
  ['hasRelayWork', (database) => hasRelayWork(database, now)],
  ['listChangedCases', (database) => listChangedCases(database, now, 100)],
  [
    'listQuietStreams',
    (database) => listQuietStreams(database, { now, silenceMs: 60_000, graceMs: 60_000, deadMs: 120_000 }),
  ],
  ['listGaps', (database) => listGaps(database, { olderThan: now })],
  ['lastStagedOffset', (database) => lastStagedOffset(database, { topic: 't', partition: 0 })],
  ['listOpenBatches', (database) => listOpenBatches(database, { stagedBefore: now, minBytes: 1, limit: 100 })],
  ['listOpenWindows', (database) => listOpenWindows(database, 100)],
  ['listOpenPlans', (database) => listOpenPlans(database, 100)],
  ['oldestUnsealed', (database) => oldestUnsealed(database)],
  ['listSweepable', (database) => listSweepable(database, { before: now, limit: 100 })],
  [
    'listHeld',
    (database) => listHeld(database, { streamId: undefined, order: 'oldest', after: undefined, limit: 100 }),
  ],
  [
    'listHeld of a stream',
    (database) => listHeld(database, { streamId: 's1', order: 'newest', after: undefined, limit: 100 }),
  ],
  ['countHeld', (database) => countHeld(database)],
  ['countHeldByStream', (database) => countHeldByStream(database, 50)],
  ['readHeldMark', (database) => readHeldMark(database)],
  ['timeOutHeld', (database) => timeOutHeld(database, { now, limit: 100 })],
  ['takeDecidedHeld', (database) => takeDecidedHeld(database, 100)],
  ['markSwept', (database) => markSwept(database, ['none'], now)],
]

test.each(questions)('%s reads a handful of rows where 100,000 old ones lie', async (_, ask) => {
  const before = await countReads()
  await ask(watched)
  expect((await countReads()) - before).toBeLessThan(100)
})

test('the count of reads sees a table that is read from end to end', async () => {
  const before = await countReads()
  await watched.pool.query(`select count(*) from outbox where event::text = ''`)
  expect((await countReads()) - before).toBeGreaterThanOrEqual(rowCount)
})
