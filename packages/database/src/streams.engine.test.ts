import { describe, expect, test } from '@jest/globals'
import { useTestDatabase } from './_test-database.js'
import { after, newStream, noon } from './_test-records.js'
import { findAccount, upsertAccount } from './accounts.js'
import type { Database } from './database.js'
import {
  advanceWindow,
  endStream,
  findStream,
  listQuietStreams,
  refuseStream,
  startStream,
  touchStream,
} from './streams.js'

let database: Database
useTestDatabase((opened) => (database = opened.database))

describe('startStream', () => {
  test('started, the same record read again, and the id used again', async () => {
    expect(await startStream(database, newStream('a', 7n))).toBe('started')
    expect(await startStream(database, newStream('a', 7n))).toBe('same')
    expect(await startStream(database, newStream('a', 8n))).toBe('reused')
    expect(await refuseStream(database, { ...newStream('a', 9n), code: 'X', message: 'x' })).toBe('reused')
    expect(await findStream(database, 'a')).toMatchObject({ state: 'live', originOffset: 7n })
  })

  test('of many at once one starts', async () => {
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, n) => startStream(database, newStream('b', BigInt(n)))),
    )
    expect(results.filter((result) => result === 'started')).toHaveLength(1)
    expect(results.filter((result) => result === 'reused')).toHaveLength(7)
  })

  test('an offset beyond what a number holds is told from its neighbour', async () => {
    expect(await startStream(database, newStream('c', 9_007_199_254_740_993n))).toBe('started')
    expect(await startStream(database, newStream('c', 9_007_199_254_740_992n))).toBe('reused')
  })

  test('takes text that PostgreSQL would not: NUL and half a character', async () => {
    const { start, origin } = newStream('d')
    const hostile = 'x\0y\uD800z'
    const stream = { start: { ...start, title: hostile, tags: [hostile], region: hostile }, origin }
    expect(await startStream(database, stream)).toBe('started')
    expect(await findStream(database, 'd')).toMatchObject({ title: 'x\uFFFDy\uFFFDz', tags: [hostile] })
    await touchStream(database, { streamId: 'd', at: noon, title: hostile })
  })
})

test('a change writes what is given and no more, and never sets the clock back', async () => {
  await startStream(database, newStream('touched'))
  await touchStream(database, { streamId: 'touched', at: after(5_000), viewers: 12 })
  await touchStream(database, { streamId: 'touched', at: after(1_000), title: 'New' })
  const row = await findStream(database, 'touched')
  expect(row).toMatchObject({ viewers: 12, title: 'New', class: 'game', lastRecordAt: after(5_000) })
})

test('the first end stands, and a refused stream has none', async () => {
  await startStream(database, newStream('ending'))
  await endStream(database, { streamId: 'ending', endedAt: after(1), reason: 'normal', brokerAt: after(2) })
  await endStream(database, { streamId: 'ending', endedAt: after(9), reason: 'cut', brokerAt: after(9) })
  expect(await findStream(database, 'ending')).toMatchObject({ state: 'ended', endReason: 'normal', endedAt: after(1) })
  await refuseStream(database, { ...newStream('refused'), code: 'STREAM_UNVERIFIED', message: 'no' })
  await endStream(database, { streamId: 'refused', endedAt: after(1), reason: 'normal', brokerAt: after(2) })
  expect(await findStream(database, 'refused')).toMatchObject({ state: 'refused', endedAt: null })
})

test('a window is advanced once', async () => {
  await startStream(database, newStream('window'))
  const seen = { streamId: 'window', windowIndex: 0, segmentCount: 0 }
  await Promise.all([1, 2, 3].map(() => advanceWindow(database, seen)))
  expect(await findStream(database, 'window')).toMatchObject({ windowIndex: 1, windowOpen: false })
  await advanceWindow(database, seen)
  expect(await findStream(database, 'window')).toMatchObject({ windowIndex: 1 })
})

test('quiet streams: silent, ended and dead ones, not the busy ones', async () => {
  const { pool } = database
  const make = async (streamId: string, change: string): Promise<void> => {
    await startStream(database, newStream(streamId))
    await pool.query(`update streams set ${change} where stream_id = $1`, [streamId])
  }
  const late = `last_record_at = '${after(200_000).toISOString()}'`
  await make('silent', `window_open = true, last_media_at = '${noon.toISOString()}', ${late}`)
  await make('busy', `window_open = true, last_media_at = '${after(190_000).toISOString()}', ${late}`)
  await make('closed', `window_open = false, last_media_at = '${noon.toISOString()}', ${late}`)
  await make('ended', `state = 'ended', window_open = true, end_broker_at = '${noon.toISOString()}'`)
  await make('fresh-end', `state = 'ended', window_open = true, end_broker_at = '${after(190_000).toISOString()}'`)
  await make('dead', `state = 'live'`)
  const question = { now: after(200_000), silenceMs: 60_000, graceMs: 60_000, deadMs: 150_000 }
  const quiet = (await listQuietStreams(database, question)).map((row) => row.streamId)
  expect(quiet).toEqual(expect.arrayContaining(['silent', 'ended', 'dead']))
  for (const other of ['busy', 'closed', 'fresh-end']) expect(quiet).not.toContain(other)
})

describe('accounts', () => {
  const account = (updatedAt: Date, realName: 'verified' | 'failed') => ({
    accountId: 'acc',
    realName,
    updatedAt: updatedAt.toISOString(),
  })

  test('the newer word wins, in whichever order the words come', async () => {
    const words = [account(after(1), 'verified'), account(after(3), 'failed'), account(after(2), 'verified')]
    for (const word of words) await upsertAccount(database, word)
    expect(await findAccount(database, 'acc')).toMatchObject({ realName: 'failed', updatedAt: after(3) })
  })

  test('what the console says of the account stays', async () => {
    await database.pool.query(`update accounts set blacklisted = true where account_id = 'acc'`)
    await upsertAccount(database, account(after(9), 'verified'))
    expect(await findAccount(database, 'acc')).toMatchObject({ realName: 'verified', blacklisted: true })
  })
})
