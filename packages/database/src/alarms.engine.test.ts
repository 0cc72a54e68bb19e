import { beforeEach, describe, expect, test } from '@jest/globals'
import { useTestDatabase } from './_test-database.js'
import { after, newStream, noon } from './_test-records.js'
import { countOpenAlarms, endAlarms, listAlarms, raiseAlarm, takeAlarm, type NewAlarm } from './alarms.js'
import { coverStretch, type NewStretch } from './coverage.js'
import type { Database } from './database.js'
import { pruneRows } from './prune.js'
import { listSigningKeys, noteSigningKey, retireSigningKey } from './signing-keys.js'
import { startStream } from './streams.js'
import { countDecoderFailures, listUnscreened } from './unscreened.js'

let database: Database
useTestDatabase((opened) => (database = opened.database))
beforeEach(() => database.pool.query('truncate alarms, streams, coverage'))

const alarm = (kind: NewAlarm['kind'], subject: string, message = 'so it is'): NewAlarm => ({
  kind,
  subject,
  message,
  streamId: null,
  caseId: null,
})

describe('alarms', () => {
  test('one is open a kind and subject, however many raise it; it says what was said last', async () => {
    const made = await Promise.all(
      Array.from({ length: 8 }, () => raiseAlarm(database, alarm('engine-away', 'redis'), noon)),
    )
    expect(made.filter(Boolean)).toHaveLength(1)
    expect(await raiseAlarm(database, alarm('engine-away', 'redis', 'still'), after(1))).toBe(false)
    expect(await raiseAlarm(database, alarm('engine-away', 'spool'), after(2))).toBe(true)
    expect((await listAlarms(database, 10)).map(({ subject, message }) => [subject, message])).toEqual([
      ['spool', 'so it is'],
      ['redis', 'still'],
    ])
  })

  test('a cause stands before what follows from it, and both before what is over', async () => {
    await raiseAlarm(database, alarm('engine-away', 'spool'), noon)
    await endAlarms(database, 'engine-away', { except: [], at: after(1) })
    await raiseAlarm(database, alarm('engine-away', 'redis'), after(2))
    await raiseAlarm(database, alarm('stream-unscreened', 'a'), after(3))
    await raiseAlarm(database, alarm('stream-unscreened', 'b'), after(4))
    expect((await listAlarms(database, 10)).map(({ subject }) => subject)).toEqual(['redis', 'b', 'a', 'spool'])
  })

  test('what is over ends, what still holds stays, and it may come again', async () => {
    for (const subject of ['a', 'b', 'c']) await raiseAlarm(database, alarm('stream-unscreened', subject), noon)
    await raiseAlarm(database, alarm('engine-away', 'redis'), noon)
    const ended = await endAlarms(database, 'stream-unscreened', { except: ['b'], at: after(5) })
    expect(ended.map(({ subject }) => subject).sort()).toEqual(['a', 'c'])
    expect(await countOpenAlarms(database)).toBe(2)
    expect(await endAlarms(database, 'stream-unscreened', { except: [], at: after(6) })).toHaveLength(1)
    expect(await raiseAlarm(database, alarm('stream-unscreened', 'a'), after(7))).toBe(true)
  })

  test('the first lead has it; what happened once is over with that, a condition is not', async () => {
    await raiseAlarm(database, alarm('cut-disobeyed', 'case-1'), noon)
    await raiseAlarm(database, alarm('engine-away', 'redis'), noon)
    const ids = (await listAlarms(database, 10)).map(({ alarmId }) => alarmId)
    for (const alarmId of ids) await takeAlarm(database, { alarmId, person: 'le', at: after(1) })
    const again = await Promise.all(ids.map((alarmId) => takeAlarm(database, { alarmId, person: 'lo', at: after(2) })))
    expect(again.map((one) => one?.takenBy)).toEqual(['le', 'le'])
    expect(new Map(again.map((one) => [one?.kind, one?.endedAt !== null]))).toEqual(
      new Map([
        ['cut-disobeyed', true],
        ['engine-away', false],
      ]),
    )
    expect(await countOpenAlarms(database)).toBe(0)
    expect(await takeAlarm(database, { alarmId: 999_999, person: 'le', at: noon })).toBeNull()
    await pruneRows(database, 'alarms', after(1_000), 100)
    expect((await listAlarms(database, 10)).map(({ kind }) => kind)).toEqual(['engine-away'])
  })
})

describe('what is not looked at', () => {
  const stretch = (streamId: string, segment: number, more: Partial<NewStretch> = {}): NewStretch => ({
    streamId,
    fromMs: segment * 2_000,
    toMs: segment * 2_000 + 2_000,
    state: 'looked',
    reason: null,
    detail: null,
    cause: `segment:${segment}`,
    pictures: 1,
    models: [],
    ...more,
  })
  const failed = { state: 'not-looked', reason: 'decoder-failed' } as const

  test('a live stream is named when nothing of it was looked at since, and how it stands with its media', async () => {
    for (const [at, id] of ['seen', 'blind', 'silent', 'young', 'over'].entries())
      await startStream(database, newStream(id, BigInt(at)))
    const { pool } = database
    await pool.query(`update streams set started_at = $1 where stream_id = 'young'`, [after(50_000)])
    await pool.query(`update streams set state = 'ended' where stream_id = 'over'`)
    await pool.query(`update streams set last_media_at = $1 where stream_id in ('seen', 'blind')`, [after(55_000)])
    await coverStretch(database, stretch('seen', 0), after(40_000))
    await coverStretch(database, stretch('blind', 0), after(20_000))
    await coverStretch(database, stretch('blind', 1, failed), after(50_000))
    expect(await listUnscreened(database, after(30_000), 10)).toEqual([
      { streamId: 'blind', hasMedia: true },
      { streamId: 'silent', hasMedia: false },
    ])
  })

  test('failures of the decoder are counted among all stretches of the window', async () => {
    for (let n = 0; n < 6; n += 1) await coverStretch(database, stretch('s', n, n % 3 === 0 ? failed : {}), after(n))
    expect(await countDecoderFailures(database, after(-1))).toEqual({ stretches: 6, failed: 2 })
    expect(await countDecoderFailures(database, after(2))).toEqual({ stretches: 3, failed: 1 })
  })
})

test('keys that signed are missed until they are retired', async () => {
  for (const keyId of ['k1', 'k2', 'k1']) await noteSigningKey(database, keyId, noon)
  expect([...(await listSigningKeys(database))].sort()).toEqual(['k1', 'k2'])
  expect(await retireSigningKey(database, 'k1', after(1))).toBe(true)
  expect(await retireSigningKey(database, 'k1', after(2))).toBe(false)
  expect(await retireSigningKey(database, 'unknown', after(2))).toBe(false)
  expect(await listSigningKeys(database)).toEqual(['k2'])
})
