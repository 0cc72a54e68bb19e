import { beforeEach, describe, expect, test } from '@jest/globals'
import { useTestDatabase } from './_test-database.js'
import { after, claimed, grow, newStream, noon, signal } from './_test-records.js'
import type { Database } from './database.js'
import { decide } from './decide.js'
import type { SealPlan } from './schema/index.js'
import {
  findArchiveObject,
  listArchiveObjects,
  listOpenPlans,
  markSealed,
  oldestUnsealed,
  planLog,
  planMedia,
} from './sealing.js'
import { findStreamsForRetention, listExtendable, markExtended } from './kept-for.js'
import {
  lastStagedOffset,
  listOpenBatches,
  listOpenWindows,
  listWindowSegments,
  stageBatch,
  stageSegment,
  stageWindow,
  type StagedSegmentRow,
} from './staging.js'
import { endStream, startStream } from './streams.js'
import { listSweepable, markSwept } from './sweeping.js'

let database: Database
useTestDatabase((opened) => (database = opened.database))
beforeEach(async () => {
  await database.pool.query(
    'truncate staged_segments, staged_batches, stream_windows, seal_plans, archive_objects, archive_streams',
  )
})

const sha256 = 'a'.repeat(64)
const segment = (sequence: number, offset: number, more: { sha256?: string } = {}) => ({
  streamId: 's',
  sequence,
  sha256,
  partition: 3,
  offset: BigInt(offset),
  spoolKey: `s/${sequence}`,
  size: 10,
  mediaType: 'video/mp2t',
  streamTimeMs: sequence * 2_000,
  durationMs: 2_000,
  receivedAt: noon,
  brokerAt: noon,
  ...more,
})
const batch = (first: number, last: number, more: { stagedAt?: Date; partition?: number } = {}) => ({
  topic: 't',
  partition: 0,
  firstOffset: BigInt(first),
  lastOffset: BigInt(last),
  records: last - first + 1,
  sha256,
  size: 100,
  spoolKey: `t/${more.partition ?? 0}/${first}`,
  brokerFirstAt: noon,
  brokerLastAt: noon,
  stagedAt: noon,
  ...more,
})
const window = (index: number, upToOffset: number, closedAt = noon) => ({
  streamId: 's',
  index,
  partition: 3,
  upToOffset: BigInt(upToOffset),
  reason: 'time',
  closedAt,
})
const planOf = (key: string, segments: readonly StagedSegmentRow[] = []): SealPlan => ({
  key,
  kind: 'media',
  streamId: 's',
  topic: null,
  parts: segments.map(({ spoolKey, size, sequence }) => ({ spoolKey, sha256, size, name: String(sequence) })),
  index: {},
  retainUntil: after(1_000).toISOString(),
  mode: 'COMPLIANCE',
  because: 'test',
})
const sealed = (objectKey: string) => ({
  objectKey,
  sha256,
  versionId: 'v1',
  kind: 'media' as const,
  streamId: 's',
  contentSha256: sha256,
  size: 10,
  retainUntil: after(1_000),
  mode: 'COMPLIANCE' as const,
  sealedAt: after(10),
})

describe('media', () => {
  test('a segment that is staged again changes nothing', async () => {
    await stageSegment(database, segment(0, 1))
    await stageSegment(database, segment(0, 9, { sha256: 'b'.repeat(64) }))
    await stageWindow(database, window(0, 100))
    await stageWindow(database, window(0, 5))
    const [only, ...others] = await listOpenWindows(database, 10)
    expect(others).toEqual([])
    expect(only?.upToOffset).toBe(100n)
    if (only !== undefined) expect(await listWindowSegments(database, only)).toMatchObject([{ offset: 1n, sha256 }])
  })

  test('windows are cut by offset, in whichever order they are planned', async () => {
    for (const n of [0, 1, 2, 3, 4]) await stageSegment(database, segment(n, n * 10))
    // The clock went back between the two.
    await stageWindow(database, window(0, 20, after(5)))
    await stageWindow(database, window(1, 40, after(1)))
    const [second, first] = await listOpenWindows(database, 10)
    if (first === undefined || second === undefined) throw new Error('no windows')
    const plan = async (each: typeof first, key: string) => {
      const segments = await listWindowSegments(database, each)
      await planMedia(database, { window: each, plans: [planOf(key, segments)], keptFor: [], now: noon })
      return segments.map((row) => row.sequence)
    }
    expect(await plan(second, 'k1')).toEqual([2, 3])
    expect(await plan(first, 'k0')).toEqual([0, 1])
    expect(await listOpenWindows(database, 10)).toEqual([])
    expect((await listOpenPlans(database, 10)).map((each) => each.key).toSorted()).toEqual(['k0', 'k1'])
  })

  test('a window is planned once, also by two at once; an empty one is ticked off', async () => {
    await stageSegment(database, segment(0, 1))
    await stageWindow(database, window(0, 10))
    await stageWindow(database, window(1, 20, after(1)))
    const [first, empty] = await listOpenWindows(database, 10)
    if (first === undefined || empty === undefined) throw new Error('no windows')
    const segments = await listWindowSegments(database, first)
    await Promise.all(
      ['x', 'y'].map((key) =>
        planMedia(database, { window: first, plans: [planOf(key, segments)], keptFor: [], now: noon }),
      ),
    )
    await planMedia(database, { window: empty, plans: [], keptFor: [], now: noon })
    const plans = await listOpenPlans(database, 10)
    expect(plans).toHaveLength(1)
    const { rows } = await database.pool.query('select object_key from staged_segments')
    expect(rows).toEqual([{ object_key: plans[0]?.key }])
    expect(await listOpenWindows(database, 10)).toEqual([])
  })
})

describe('logs', () => {
  test('the last staged offset is that of the partition, whole', async () => {
    const position = { topic: 't', partition: 0 }
    expect(await lastStagedOffset(database, position)).toBeNull()
    const high = 9_007_199_254_740_993n
    await stageBatch(database, { ...batch(0, 9), lastOffset: high })
    await stageBatch(database, batch(0, 5))
    await stageBatch(database, batch(3, 4, { partition: 1 }))
    expect(await lastStagedOffset(database, position)).toBe(high)
  })

  test('batches of a partition never overlap, also when two consumers believe that they have it', async () => {
    const both = await Promise.all([batch(10, 20), batch(10, 15)].map((each) => stageBatch(database, each)))
    expect(both.filter(Boolean)).toHaveLength(1)
    const last = await lastStagedOffset(database, { topic: 't', partition: 0 })
    expect(await stageBatch(database, batch(Number(last), 30))).toBe(false)
    expect(await stageBatch(database, batch(0, 5))).toBe(false)
    expect(await stageBatch(database, batch(Number(last) + 1, 30))).toBe(true)
    expect(await stageBatch(database, batch(10, 15, { partition: 1 }))).toBe(true)
  })

  test('batches are ripe by size or by age, a partition at a time and in order', async () => {
    await stageBatch(database, batch(0, 9))
    await stageBatch(database, batch(10, 19))
    await stageBatch(database, batch(0, 9, { partition: 1, stagedAt: after(5_000) }))
    const ripe = async (stagedBefore: Date, minBytes: number) =>
      (await listOpenBatches(database, { stagedBefore, minBytes, limit: 10 })).map((row) => [
        row.partition,
        Number(row.firstOffset),
      ])
    expect(await ripe(after(-1), 201)).toEqual([])
    expect(await ripe(after(-1), 200)).toEqual([
      [0, 0],
      [0, 10],
    ])
    expect(await ripe(after(5_000), 10_000)).toHaveLength(3)
  })

  test('of two that plan the same batches one does, and nothing is planned in part', async () => {
    for (const first of [0, 10, 20]) await stageBatch(database, batch(first, first + 9))
    const all = await listOpenBatches(database, { stagedBefore: noon, minBytes: 1, limit: 10 })
    await Promise.all([
      planLog(database, { batches: all.slice(0, 2), plan: planOf('l1'), keptFor: [], now: noon }),
      planLog(database, { batches: all, plan: planOf('l2'), keptFor: [], now: noon }),
    ])
    const { rows } = await database.pool.query<{ object_key: string }>(
      'select distinct object_key from staged_batches where object_key is not null',
    )
    expect(rows).toEqual((await listOpenPlans(database, 10)).map((plan) => ({ object_key: plan.key })))
    expect(rows).toHaveLength(1)
  })
})

test('what waits longest for its seal: a batch, a window, or a plan', async () => {
  expect(await oldestUnsealed(database)).toBeNull()
  await stageBatch(database, batch(0, 9, { stagedAt: after(3) }))
  expect(await oldestUnsealed(database)).toEqual(after(3))
  await stageWindow(database, window(0, 10, after(2)))
  expect(await oldestUnsealed(database)).toEqual(after(2))
  const [open] = await listOpenWindows(database, 1)
  if (open === undefined) throw new Error('no window')
  await planMedia(database, { window: open, plans: [planOf('p')], keptFor: [], now: after(1) })
  expect(await oldestUnsealed(database)).toEqual(after(1))
  await markSealed(database, sealed('p'))
  await markSealed(database, sealed('p'))
  expect(await oldestUnsealed(database)).toEqual(after(3))
  expect(await listOpenPlans(database, 10)).toEqual([])
  expect(await findArchiveObject(database, 'p')).toMatchObject({ versionId: 'v1', size: 10 })
  expect(await listArchiveObjects(database, { streamId: 's', limit: 5 })).toHaveLength(1)
})

describe('sweeping', () => {
  const keys = async (ms: number) =>
    (await listSweepable(database, { before: after(ms), limit: 10 })).map((row) => row.spoolKey)

  test('takes what is sealed, old enough, and needed by no open case, once', async () => {
    await stageSegment(database, segment(0, 1))
    await stageBatch(database, batch(0, 9))
    await stageWindow(database, window(0, 10))
    const [open] = await listOpenWindows(database, 1)
    const batches = await listOpenBatches(database, { stagedBefore: noon, minBytes: 1, limit: 1 })
    if (open === undefined) throw new Error('no window')
    expect(await keys(1)).toEqual([])
    const segments = await listWindowSegments(database, open)
    await planMedia(database, { window: open, plans: [planOf('m', segments)], keptFor: [], now: noon })
    await planLog(database, { batches, plan: planOf('l'), keptFor: [], now: noon })
    expect(await keys(1)).toEqual([])
    await markSealed(database, sealed('m'))
    await markSealed(database, sealed('l'))
    expect(await keys(-1)).toEqual([])

    const known = await grow(database, { streamId: 's', signals: [signal('s', 1)] })
    expect(await keys(0)).toEqual(['t/0/0'])
    const input = await claimed(database, known, { action: 'no-violation' })
    expect(await keys(0)).toEqual(['t/0/0'])
    await decide(database, input)
    expect(await keys(0)).toEqual(['s/0', 't/0/0'])

    await markSwept(database, ['s/0', 't/0/0'], after(2))
    await markSwept(database, [], after(2))
    expect(await keys(1)).toEqual([])
  })
})

test('an object is counted anew when its stream has another class, and when it ends; and then no more', async () => {
  await startStream(database, newStream('kept'))
  const known = (await findStreamsForRetention(database, ['kept', 'unknown'])).get('kept')
  if (known === undefined) throw new Error('no stream')
  const batches = [{ ...batch(0, 9), streamIds: ['kept'] }]
  for (const each of batches) await stageBatch(database, each)
  const open = await listOpenBatches(database, { stagedBefore: noon, minBytes: 1, limit: 1 })
  const keptFor = [
    {
      objectKey: 'k',
      streamId: 'kept',
      kind: 'chat' as const,
      countedFrom: noon,
      countedClass: known.class,
      countedEnd: null,
    },
  ]
  await planLog(database, { batches: open, plan: planOf('k'), keptFor, now: noon })
  const next = async () => (await listExtendable(database, 10)).find((each) => each.objectKey === 'k')
  await database.pool.query(`update streams set class = 'ecommerce' where stream_id = 'kept'`)
  // Not before it lies in the archive.
  expect(await next()).toBeUndefined()
  await markSealed(database, sealed('k'))
  const changed = await next()
  if (changed === undefined) throw new Error('nothing to extend')
  expect(changed).toMatchObject({ kind: 'chat', countedFrom: noon, stream: { class: 'ecommerce', endedAt: null } })
  await markExtended(database, changed, after(5_000))
  expect(await next()).toBeUndefined()
  await endStream(database, { streamId: 'kept', endedAt: after(9_000), reason: 'normal', brokerAt: after(9_000) })
  const ended = await next()
  if (ended === undefined) throw new Error('nothing to extend')
  // Never shortened.
  await markExtended(database, ended, after(3_000))
  expect(await findArchiveObject(database, 'k')).toMatchObject({ retainUntil: after(5_000) })
  expect(await next()).toBeUndefined()
})
