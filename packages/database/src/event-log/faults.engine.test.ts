import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { FencedError, type Assignment, type EventLog, type LogRecord } from '@streamkeeper/pipeline'
import { engines, uniqueName, until } from '@streamkeeper/testkit'
import pg from 'pg'
import { openDatabase } from '../database.js'
import { createScratchDatabase, type ScratchDatabase } from '../scratch-database.js'
import { dropPeriods, makePeriods } from './periods.js'
import { createPostgresEventLog } from './index.js'

const day = 24 * 60 * 60 * 1000
let scratch: ScratchDatabase
let pool: pg.Pool
let log: EventLog
let other: EventLog

beforeAll(async () => {
  scratch = await createScratchDatabase(engines().postgres.url)
  pool = new pg.Pool({ connectionString: scratch.url, max: 2 })
  // A connection that a test cuts is no failure of it.
  pool.on('error', (error) => process.stderr.write(`${error.message}\n`))
  log = createPostgresEventLog({ url: scratch.url })
  other = createPostgresEventLog({ url: scratch.url })
}, 60_000)

afterAll(async () => {
  await Promise.all([log.close(), other.close()])
  await pool.end()
  await scratch.drop()
}, 30_000)

async function newTopic(partitions: number): Promise<string> {
  const name = uniqueName('topic')
  await log.ensureTopics([{ name, partitions, maxRecordBytes: 100_000, retentionMs: 7 * day }])
  return name
}

function records(topic: string, from: number, to: number, key = 'k') {
  return Array.from({ length: to - from }, (_, n) => ({ topic, key, value: Buffer.from(String(from + n)) }))
}

async function readAll(topic: string): Promise<{ seen: LogRecord[]; stays: Map<number, Assignment>; group: string }> {
  const [seen, stays, group] = [[] as LogRecord[], new Map<number, Assignment>(), uniqueName('g')]
  await log.subscribe({
    group,
    topics: [topic],
    onBatch: async (batch) => {
      stays.set(batch.assignment.partition, batch.assignment)
      seen.push(...batch.records)
    },
  })
  return { seen, stays, group }
}

test('publishers of two processes leave no hole, and each keeps its own order', async () => {
  const topic = await newTopic(2)
  const publish = async (from: EventLog, name: string): Promise<void> => {
    for (let n = 0; n < 200; n += 5)
      await from.publish(
        Array.from({ length: 5 }, (_, m) => ({ topic, key: `${name}-${m}`, value: Buffer.from(String(n)) })),
      )
  }
  const { seen } = await readAll(topic)
  await Promise.all([publish(log, 'a'), publish(other, 'b'), publish(log, 'c')])
  await until(() => seen.length === 600, { what: 'all is read', withinMs: 20_000 })
  for (const partition of [0, 1]) {
    const own = seen.filter((record) => record.partition === partition)
    expect(own.map((record) => Number(record.offset))).toEqual(own.map((_, n) => n))
  }
  for (const key of new Set(seen.map((record) => record.key))) {
    const own = seen.filter((record) => record.key === key).map((record) => Number(String(record.value)))
    expect(own).toEqual(own.toSorted((a, b) => a - b))
  }
}, 40_000)

test('partitions of a member that died without a word are taken over, from where it had committed', async () => {
  const topic = await newTopic(1)
  await log.publish(records(topic, 0, 10))
  const group = uniqueName('g')
  await pool.query(`insert into event_log.members values ($1, '0-dead', $2, clock_timestamp())`, [
    group,
    JSON.stringify([topic]),
  ])
  await pool.query(`insert into event_log.assignments values ($1, $2, 0, '0-dead', nextval('event_log.generations'))`, [
    group,
    topic,
  ])
  await pool.query(`insert into event_log.commits values ($1, $2, 0, 4, 'its note')`, [group, topic])
  const seen: LogRecord[] = []
  let note: string | null = null
  const from = performance.now()
  await log.subscribe({
    group,
    topics: [topic],
    onBatch: async (batch) => {
      note = batch.assignment.note
      seen.push(...batch.records)
    },
  })
  expect(seen).toEqual([])
  await until(() => seen.length === 6, { what: 'the rest is read', withinMs: 20_000 })
  expect([String(seen[0]?.value), note]).toEqual(['4', 'its note'])
  expect(performance.now() - from).toBeGreaterThan(9_000)
}, 40_000)

test('a member that was taken for dead cannot commit any more', async () => {
  const topic = await newTopic(1)
  await log.publish(records(topic, 0, 3))
  const { seen, stays, group } = await readAll(topic)
  await until(() => seen.length === 3, { what: 'all is read', withinMs: 10_000 })
  await pool.query(
    `update event_log.assignments set generation = nextval('event_log.generations') where group_name = $1`,
    [group],
  )
  const stay = stays.get(0)
  await expect(stay?.commit(2n)).rejects.toBeInstanceOf(FencedError)
  expect(stay?.isCurrent()).toBe(false)
  expect(await log.lag(group, [topic])).toMatchObject([{ committed: 0n }])
}, 30_000)

test('connections that are cut are made again, and the flow goes on', async () => {
  const topic = await newTopic(1)
  const { seen } = await readAll(topic)
  await log.publish(records(topic, 0, 5))
  await until(() => seen.length === 5, { what: 'the first five', withinMs: 10_000 })
  await pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  )
  await until(() => log.publish(records(topic, 5, 10)).then(() => true), { what: 'publish goes on', withinMs: 20_000 })
  await until(() => new Set(seen.map((record) => String(record.value))).size === 10, {
    what: 'reading goes on',
    withinMs: 20_000,
  })
}, 60_000)

test('a table that nobody keeps any more is dropped, and what was in it is behind the first offset', async () => {
  const topic = await newTopic(1)
  const old = new Date(Date.now() - 20 * day)
  await pool.query(`create table event_log.records_${old.getTime() - day}_${old.getTime() + day}
    partition of event_log.records for values from ('${new Date(old.getTime() - day).toISOString()}')
    to ('${new Date(old.getTime() + day).toISOString()}')`)
  await pool.query(`insert into event_log.records select $1, 0, n, 'k', '', '{}', $2 from generate_series(0, 4) n`, [
    topic,
    old,
  ])
  await pool.query(`update event_log.heads set next_offset = 5 where topic = $1`, [topic])
  await log.publish(records(topic, 0, 2))
  expect(await log.bounds(topic)).toEqual([{ partition: 0, first: 0n, end: 7n }])
  expect(await dropPeriods(pool, new Date())).toEqual([`records_${old.getTime() - day}_${old.getTime() + day}`])
  expect(await log.bounds(topic)).toEqual([{ partition: 0, first: 5n, end: 7n }])
  const { seen } = await readAll(topic)
  await until(() => seen.length === 2, { what: 'what is left is read', withinMs: 10_000 })
  expect(seen.map((record) => record.offset)).toEqual([5n, 6n])
  expect(await dropPeriods(pool, new Date())).toEqual([])
}, 30_000)

test('tables follow one another, and after a pause in which nobody made any the log goes on', async () => {
  const topic = await newTopic(1)
  const weeksAhead = Date.now() + 21 * day
  await pool.query(`insert into event_log.records values ($1, 0, 0, 'k', '', '{}', $2)`, [topic, new Date(weeksAhead)])
  await pool.query(`update event_log.heads set next_offset = 1 where topic = $1`, [topic])
  // A clock that ran ahead and was set back: what it wrote is in the way of new tables, and of nothing else.
  await makePeriods(pool, new Date(Date.now() + day))
  await log.publish(records(await newTopic(1), 0, 1))
  await makePeriods(pool, new Date(weeksAhead + 1_000))
  const tables = await pool.query<{ name: string }>(
    `select relname as name from pg_class where relname ~ '^records_[0-9]+_[0-9]+$' order by relname`,
  )
  const ranges = tables.rows.map(({ name }) => name.split('_').slice(1).map(Number))
  expect(ranges.some(([from = 0, to = 0]) => from <= weeksAhead + day && weeksAhead + day < to)).toBe(true)
  expect(ranges.every(([from = 0, to = 0]) => from < to && !(from <= weeksAhead && weeksAhead < to))).toBe(true)
  expect(await log.read(topic, 0, 0n, 10)).toHaveLength(1)
  await pool.query(`delete from event_log.records where broker_at > now() + interval '1 day'`)
}, 30_000)

test('what is kept for a minute lies in tables of seconds, from the first topic on, and goes', async () => {
  const own = await createScratchDatabase(engines().postgres.url)
  const short = createPostgresEventLog({ url: own.url })
  const database = openDatabase({ url: own.url, poolSize: 1 })
  const tables = async (): Promise<number[][]> => {
    const { rows } = await database.pool.query<{ name: string }>(
      `select relname as name from pg_class where relname ~ '^records_[0-9]+_[0-9]+$' order by relname`,
    )
    return rows.map(({ name }) => name.split('_').slice(1).map(Number))
  }
  try {
    await short.ensureTopics([{ name: 'short', partitions: 1, maxRecordBytes: 1_000, retentionMs: 60_000 }])
    await short.publish([{ topic: 'short', key: 'k', value: Buffer.from('x') }])
    const ranges = await tables()
    expect(ranges.length).toBeGreaterThan(1)
    expect(ranges.every(([from = 0, to = 0]) => to - from <= 9_000)).toBe(true)
    const later = new Date(Date.now() + 90_000)
    await makePeriods(database.pool, later)
    expect(await dropPeriods(database.pool, later)).not.toEqual([])
    expect(await short.bounds('short')).toEqual([{ partition: 0, first: 1n, end: 1n }])
  } finally {
    await short.close()
    await database.close()
    await own.drop()
  }
}, 30_000)
