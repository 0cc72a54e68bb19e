import { gunzipSync } from 'node:zlib'
import {
  findArchiveObject,
  listOpenBatches,
  listOpenPlans,
  openScratchDatabase,
  planLog,
  type Database,
  type OpenScratchDatabase,
} from '@streamkeeper/database'
import { FencedError, type LogRecord, type RecordBatch } from '@streamkeeper/pipeline'
import { parseProfile, profileUrl } from '@streamkeeper/policy'
import { createLogger } from '@streamkeeper/runtime'
import { engines, MemoryObjectStore, until } from '@streamkeeper/testkit'
import { readFileSync } from 'node:fs'
import { packLines } from './log-lines.js'
import { logPlan } from './plans.js'
import { seal } from './seal.js'
import { createLogStage } from './stage-logs.js'

const profile = parseProfile(readFileSync(profileUrl('cn'), 'utf8'), 'cn')
const logger = createLogger({ name: 'archive-test', level: 'fatal' })
let opened: OpenScratchDatabase
let database: Database
beforeAll(async () => {
  opened = await openScratchDatabase(engines().postgres.url)
  ;({ database } = opened)
})
afterAll(() => opened.close())

let partitions = 0
function setUp() {
  const partition = (partitions += 1)
  const [spool, archive, stopped] = [new MemoryObjectStore(), new MemoryObjectStore(), new AbortController()]
  const commits: (bigint | null)[] = []
  const stay = { isCurrent: true }
  const deps = { database, spool, archive, logger, topicPrefix: 'p.', now: Date.now }
  const batchOf = (from: number, to: number): RecordBatch => ({
    assignment: {
      topic: 'p.moderation.chat',
      partition,
      generation: 1,
      note: null,
      isCurrent: () => stay.isCurrent,
      commit: async (last) => void commits.push(last),
    },
    records: Array.from({ length: to - from + 1 }, (_, at) => recordOf(partition, from + at)),
    heartbeat: async () => {
      if (!stay.isCurrent) throw new FencedError('moved on')
    },
  })
  const open = async () => {
    const all = await listOpenBatches(database, { stagedBefore: new Date(Date.now() + 1_000), minBytes: 1, limit: 100 })
    return all.filter((row) => row.partition === partition)
  }
  const plan = async () => {
    const batches = await open()
    const now = new Date()
    const made = logPlan(batches, [], { profile, now })
    await planLog(database, { batches, plan: made, keptFor: [], now })
    return made
  }
  return {
    deps,
    spool,
    archive,
    commits,
    stay,
    stopped,
    batchOf,
    open,
    plan,
    stage: createLogStage(deps, stopped.signal),
  }
}

function recordOf(partition: number, offset: number): LogRecord {
  const value = Buffer.from(JSON.stringify({ offset }))
  return {
    topic: 'p.moderation.chat',
    partition,
    offset: BigInt(offset),
    key: null,
    value,
    headers: {},
    brokerAt: offset,
  }
}

const spans = (rows: readonly { firstOffset: bigint; lastOffset: bigint }[]) =>
  rows.map((row) => [Number(row.firstOffset), Number(row.lastOffset)])

test('a batch that is read again in another cut is staged once', async () => {
  const { stage, batchOf, open, commits } = setUp()
  await stage(batchOf(0, 4))
  await stage(batchOf(0, 2))
  await stage(batchOf(3, 9))
  expect(spans(await open())).toEqual([
    [0, 4],
    [5, 9],
  ])
  expect(commits).toEqual([4n, 2n, 9n])
})

test('other bytes of a crashed read stay in the spool, and the batch goes beside them', async () => {
  const { stage, batchOf, open, spool } = setUp()
  await stage(batchOf(0, 1))
  const [before] = await open()
  const key = before?.spoolKey ?? ''
  const other = key.replace('0'.repeat(20), `${'0'.repeat(19)}2`)
  await spool.put(other, Buffer.from('half'), { contentType: 'application/gzip' })
  await stage(batchOf(2, 3))
  const [, row] = await open()
  expect(row?.spoolKey).toBe(`${other}-${row?.sha256}`)
  expect(String((await spool.get(other))?.bytes)).toBe('half')
})

test('waits while the spool is away, loses nothing, and leaves at a stop or a fence without a commit', async () => {
  const { stage, batchOf, open, spool, commits, stay, stopped } = setUp()
  spool.faults.away = true
  const staging = stage(batchOf(0, 4))
  setTimeout(() => (spool.faults.away = false), 300)
  await staging
  expect(spans(await open())).toEqual([[0, 4]])
  spool.faults.away = true
  const fenced = stage(batchOf(5, 6))
  stay.isCurrent = false
  await fenced.catch((error: unknown) => expect(error).toBeInstanceOf(FencedError))
  stay.isCurrent = true
  const waiting = stage(batchOf(5, 6))
  stopped.abort()
  await waiting
  spool.faults.away = false
  await stage(batchOf(7, 8))
  expect(spans(await open())).toEqual([[0, 4]])
  expect(commits).toEqual([4n])
}, 20_000)

test('a plan is carried out once, also when the answer of the store is lost', async () => {
  const { stage, batchOf, plan, deps, archive } = setUp()
  await stage(batchOf(0, 1))
  await stage(batchOf(2, 3))
  const made = await plan()
  archive.faults.ambiguousPuts = 1
  await expect(seal(deps, made)).rejects.toThrow('answer was lost')
  await seal(deps, made)
  await seal(deps, made)
  expect(await archive.versions(made.key)).toHaveLength(1)
  const row = await findArchiveObject(database, made.key)
  const found = await archive.get(made.key, row?.versionId)
  expect(
    gunzipSync(found?.bytes ?? Buffer.alloc(0))
      .toString()
      .trimEnd()
      .split('\n'),
  ).toHaveLength(4)
  expect(row?.retainUntil.toISOString()).toBe(made.retainUntil)
  await until(async () => !(await listOpenPlans(database, 100)).some((one) => one.key === made.key), { what: 'sealed' })
})

type Prepared = ReturnType<typeof setUp> & {
  readonly objectKey: string
  readonly spoolKey: string
  readonly part: Buffer
}
const options = { contentType: 'application/gzip' }

test.each<[what: string, message: string, spoil: (prepared: Prepared) => Promise<unknown>]>([
  ['a part is missing', 'is missing in the spool', ({ spool, spoolKey }) => spool.remove(spoolKey)],
  [
    'a part has other bytes',
    'has other bytes than were staged',
    ({ spool, spoolKey }) => spool.put(spoolKey, packLines([recordOf(0, 99)]).bytes, options),
  ],
  [
    'the same content is kept in a weaker mode',
    'kept GOVERNANCE until',
    ({ archive, objectKey, part }) =>
      archive.put(objectKey, part, {
        ...options,
        retention: { mode: 'GOVERNANCE', until: new Date(Date.now() + 60_000) },
      }),
  ],
])('the plan stays open when %s', async (_, message, spoil) => {
  const prepared = setUp()
  const { stage, batchOf, plan, deps, spool } = prepared
  await stage(batchOf(0, 1))
  const made = await plan()
  const spoolKey = made.parts[0]?.spoolKey ?? ''
  const part = (await spool.get(spoolKey))?.bytes ?? Buffer.alloc(0)
  await spoil({ ...prepared, objectKey: made.key, spoolKey, part })
  await expect(seal(deps, made)).rejects.toThrow(message)
  expect((await listOpenPlans(database, 100)).map((one) => one.key)).toContain(made.key)
})

test('where other content lies under the key both are kept, and what is tied to the plan goes with it', async () => {
  const { stage, batchOf, plan, deps, archive } = setUp()
  await stage(batchOf(0, 1))
  const made = await plan()
  await archive.put(made.key, Buffer.from('from before the database was put back'), options)
  await seal(deps, made)
  await seal(deps, made)
  const { rows } = await database.pool.query<{ object_key: string }>(
    `select object_key from seal_plans where object_key like $1 and sealed_at is not null`,
    [made.key.replace('.jsonl.gz', '%')],
  )
  const beside = rows[0]?.object_key ?? ''
  expect(rows).toHaveLength(1)
  expect(beside).toMatch(/-[0-9a-f]{16}\.jsonl\.gz$/)
  expect((await archive.get(made.key))?.bytes.toString()).toBe('from before the database was put back')
  const kept = await archive.get(beside)
  expect(
    gunzipSync(kept?.bytes ?? Buffer.alloc(0))
      .toString()
      .trimEnd()
      .split('\n'),
  ).toHaveLength(2)
  expect((await archive.retention(beside, kept?.object.versionId ?? ''))?.mode).toBe('COMPLIANCE')
  const staged = await database.pool.query('select 1 from staged_batches where object_key = $1', [beside])
  expect([staged.rowCount, await archive.versions(beside)]).toEqual([1, [expect.anything()]])
})

test('where the same content is kept for a shorter time it is kept longer, and never shorter', async () => {
  const { stage, batchOf, plan, deps, archive, spool } = setUp()
  await stage(batchOf(0, 1))
  const made = await plan()
  const part = await spool.get(made.parts[0]?.spoolKey ?? '')
  const early = { mode: 'COMPLIANCE' as const, until: new Date(Date.now() + 60_000) }
  await archive.put(made.key, part?.bytes ?? Buffer.alloc(0), { ...options, retention: early })
  await seal(deps, made)
  const versions = await archive.versions(made.key)
  expect(versions).toHaveLength(1)
  const [{ versionId } = { versionId: '' }] = versions
  const keptUntil = async () => (await archive.retention(made.key, versionId))?.until
  expect(await keptUntil()).toEqual(new Date(made.retainUntil))
  const longer = new Date(new Date(made.retainUntil).getTime() + 86_400_000)
  await archive.extendRetention(made.key, versionId, { mode: 'COMPLIANCE', until: longer })
  await seal(deps, made)
  expect(await keptUntil()).toEqual(longer)
})
