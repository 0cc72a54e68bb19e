import { expect, test } from '@jest/globals'
import { useTestDatabase } from './_test-database.js'
import { after, claimed, grow, newStream, noon, signal } from './_test-records.js'
import { findCase, listCaseSignals } from './cases.js'
import { coverStretch, listCoverage } from './coverage.js'
import type { Database } from './database.js'
import { decide } from './decide.js'
import { listNeededEvidence, pruneCases, prunedRows, pruneRows } from './prune.js'
import { numberCommands } from './relay-commands.js'
import { recordAck } from './settle-commands.js'
import { endStream, startStream } from './streams.js'

let database: Database
useTestDatabase((opened) => (database = opened.database))

const count = async (table: string): Promise<number> =>
  Number((await database.pool.query<{ n: string }>(`select count(*) n from ${table}`)).rows[0]?.n)

/** With a character that the database takes in JSON and refuses to look at. */
const still = (key: string) => ({ evidence: { still: { key, sha256: 'a'.repeat(64), size: 1 }, codes: ['\0'] } })

async function closed(streamId: string, action: 'no-violation' | 'warn-streamer', key: string) {
  const row = await grow(database, { streamId, signals: [{ ...signal(streamId, 1), ...still(key) }] })
  const decided = await decide(database, await claimed(database, row, { action }))
  await numberCommands(database, { now: after(20_000), limit: 100, keyId: 'k' })
  for (const { commandId } of decided.commands)
    await recordAck(database, { streamId, commandId, result: 'done', brokerAt: noon, now: after(20_000) })
  return row.caseId
}

test('rows go in bites when they are old, and not before', async () => {
  for (let n = 0; n < 7; n += 1)
    await coverStretch(
      database,
      {
        streamId: 'seen',
        fromMs: n,
        toMs: n + 1,
        state: 'looked',
        reason: null,
        detail: null,
        cause: `segment:${n}`,
        pictures: 1,
        models: [],
      },
      after(n),
    )
  expect(await pruneRows(database, 'coverage', noon, 10)).toBe(0)
  expect(await pruneRows(database, 'coverage', after(5), 3)).toBe(3)
  expect(await pruneRows(database, 'coverage', after(5), 3)).toBe(2)
  expect((await listCoverage(database, 'seen')).map(({ fromMs }) => fromMs)).toEqual([5, 6])
})

test('segments go with their stream; the last batch of a partition stays: staging goes on behind it', async () => {
  for (const [n, name] of ['over', 'runs', 'says-so'].entries()) {
    await startStream(database, newStream(name, BigInt(n)))
    await database.pool.query(
      `insert into stream_segments (stream_id, sequence, sha256, size, stream_time_ms, duration_ms, media_type, spool_key, origin_topic, origin_partition, origin_offset, received_at)
       values ($1, 0, 'x', 1, 0, 2000, 'video/mp2t', 'k', 't', 0, 0, $2)`,
      [name, noon],
    )
  }
  await endStream(database, { streamId: 'over', endedAt: after(1), brokerAt: after(1), reason: 'normal' })
  // A platform that says that it ended long ago has ended now.
  await endStream(database, { streamId: 'says-so', endedAt: new Date(0), brokerAt: after(2_000), reason: 'normal' })
  for (const offset of [0, 10])
    await database.pool.query(
      `insert into staged_batches (topic, partition, first_offset, last_offset, records, sha256, size, spool_key, broker_first_at, broker_last_at, staged_at, swept_at)
       values ('t', 0, $1::int, $1::int + 9, 10, 'x', 1, 'k' || $1::int, $2, $2, $2, $2)`,
      [offset, noon],
    )
  await pruneRows(database, 'segments', after(1_000), 100)
  const { rows } = await database.pool.query('select stream_id from stream_segments order by stream_id')
  expect(rows).toEqual([{ stream_id: 'runs' }, { stream_id: 'says-so' }])
  expect((await database.pool.query('select last_offset::int from staged_batches')).rows).toEqual([{ last_offset: 19 }])
})

test('a closed case goes with all that hangs on it; one that is open stays however old it is', async () => {
  const old = await closed('old', 'warn-streamer', 'evidence/old.jpg')
  const open = await grow(database, { streamId: 'open', signals: [signal('open', 1)] })
  expect(await pruneCases(database, noon, 10)).toBe(0)
  expect(await pruneCases(database, after(100_000), 10)).toBe(1)
  expect(await findCase(database, old)).toBeNull()
  expect(await listCaseSignals(database, old, 10)).toEqual([])
  for (const table of ['decisions', 'commands']) expect(await count(`${table} where case_id = '${old}'`)).toBe(0)
  expect(await findCase(database, open.caseId)).not.toBeNull()
})

test('a case whose cut was disobeyed has a ceiling too', async () => {
  const { caseId } = await grow(database, { streamId: 'disobeyed', signals: [signal('disobeyed', 1)] })
  await database.pool.query(`update cases set state = 'disobeyed', dark_state = 'disobeyed' where case_id = $1`, [
    caseId,
  ])
  expect(await pruneCases(database, noon, 10)).toBe(0)
  expect(await pruneCases(database, after(1), 10)).toBe(1)
  expect(await findCase(database, caseId)).toBeNull()
})

test('pictures of cases that stand are needed; those of a case that found nothing are not', async () => {
  await closed('found', 'warn-streamer', 'evidence/found.jpg')
  await closed('nothing', 'no-violation', 'evidence/nothing.jpg')
  await grow(database, { streamId: 'waits', signals: [{ ...signal('waits', 1), ...still('evidence/waits.jpg') }] })
  const keys = ['found', 'nothing', 'waits', 'unknown'].map((name) => `evidence/${name}.jpg`)
  expect([...(await listNeededEvidence(database, keys))].toSorted()).toEqual([
    'evidence/found.jpg',
    'evidence/waits.jpg',
  ])
  expect(await listNeededEvidence(database, [])).toEqual(new Set())
})

test.each(prunedRows)('%s: its tables and columns are there', async (what) => {
  expect(await pruneRows(database, what, new Date(0), 1)).toBe(0)
})
