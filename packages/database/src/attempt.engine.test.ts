import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { RetriableError } from '@streamkeeper/pipeline'
import { until } from '@streamkeeper/testkit'
import { openTestDatabase, type TestDatabase } from './_test-database.js'
import { newStream } from './_test-records.js'
import { attempt } from './attempt.js'
import { openDatabase } from './database.js'
import { findStream, startStream } from './streams.js'
import { createSession } from './users.js'

let opened: TestDatabase
beforeAll(async () => {
  opened = await openTestDatabase()
})
afterAll(() => opened.close())

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}

/** Gives how many there were. */
async function endOthers(): Promise<number> {
  const { rowCount } = await opened.database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and query like '%pg_sleep(30)%' and pid <> pg_backend_pid()`,
  )
  return rowCount ?? 0
}

test('a backend that is ended in mid-query is worth another try, which works', async () => {
  const { database } = opened
  const alone = failureOf(attempt(() => database.pool.query('select pg_sleep(30)')))
  const within = failureOf(database.transaction(({ orm }) => orm.execute('select pg_sleep(30)')))
  let ended = 0
  await until(async () => (ended += await endOthers()) >= 2, { what: 'both queries are ended' })
  for (const error of await Promise.all([alone, within])) expect(error).toBeInstanceOf(RetriableError)
  await expect(database.ping()).resolves.toBeUndefined()
})

test('a port where nobody listens is worth another try', async () => {
  const url = new URL(opened.url)
  url.port = '1'
  const away = openDatabase({ url: url.href, poolSize: 1 })
  expect(await failureOf(away.ping())).toBeInstanceOf(RetriableError)
  expect(await failureOf(findStream(away, 'any'))).toBeInstanceOf(RetriableError)
  await away.close()
})

test('a host with several addresses fails with one error an address', async () => {
  const refused = Object.assign(new Error('no'), { code: 'ECONNREFUSED' })
  const both = new AggregateError([refused, refused])
  expect(await failureOf(attempt(() => Promise.reject(both)))).toBeInstanceOf(RetriableError)
})

test('a constraint that is violated stays what it is', async () => {
  const { database } = opened
  const at = new Date()
  const session = { tokenHash: 'same', username: 'u', csrf: 'c', createdAt: at, lastSeenAt: at, expiresAt: at }
  await createSession(database, session)
  const error = await failureOf(createSession(database, session))
  expect(error).not.toBeInstanceOf(RetriableError)
  expect(error).toMatchObject({ cause: { code: '23505' } })
})

test('an error of the work rolls back and comes out as it is', async () => {
  const { database } = opened
  const own = new Error('mine')
  const work = database.transaction(async (tx) => {
    await startStream(tx, newStream('rolled-back'))
    throw own
  })
  expect(await failureOf(work)).toBe(own)
  expect(await findStream(database, 'rolled-back')).toBeNull()
})
