import { topicName } from '@streamkeeper/contracts'
import { coverStretch, listAlarms } from '@streamkeeper/database'
import { createEntryHits } from '@streamkeeper/redis'
import { groupName } from '@streamkeeper/runtime'
import { engines, uniqueName, until } from '@streamkeeper/testkit'
import { openTestDeps, topicPrefix, type TestDeps } from '../_test-deps.js'
import { createHealthWatch } from './watch-health.js'

/** Each condition that leads are called for, from its beginning to its end, by the clock of the test. */
let opened: TestDeps
beforeAll(async () => {
  opened = await openTestDeps()
}, 60_000)
afterAll(() => opened.close())

async function openAlarms(): Promise<string[]> {
  const rows = await listAlarms(opened.deps.database, 100)
  return rows.flatMap(({ kind, subject, endedAt }) => (endedAt === null ? [`${kind} ${subject}`] : []))
}

async function lookAfter(look: () => Promise<void>, ms: number): Promise<string[]> {
  opened.clock.now += ms
  await look()
  return openAlarms()
}

it('an engine that does not answer for 10 s, and not one that hiccups', async () => {
  const { deps } = opened
  let isAway = true
  const spool = () => (isAway ? Promise.reject(new Error('connection refused')) : Promise.resolve())
  const look = createHealthWatch({ ...deps, engines: { ...deps.engines, spool } })
  expect(await lookAfter(look, 0)).toEqual([])
  expect(await lookAfter(look, 9_000)).toEqual([])
  expect(await lookAfter(look, 1_000)).toEqual(['engine-away spool'])
  isAway = false
  expect(await lookAfter(look, 5_000)).toEqual([])
  isAway = true
  expect(await lookAfter(look, 5_000)).toEqual([])
})

it('a database that is away is told of without it, and nothing else is judged meanwhile', async () => {
  const { deps } = opened
  const raised: string[] = []
  const settled: string[] = []
  const alarms = {
    raise: async ({ subject }: { subject: string }) => void raised.push(subject),
    settle: async (kind: string) => void settled.push(kind),
  }
  const look = createHealthWatch({
    ...deps,
    alarms,
    engines: { postgres: () => Promise.reject(new Error('no route')) },
  })
  await look()
  settled.length = 0
  await lookAfter(look, 10_000)
  expect([raised, settled]).toEqual([['postgres'], []])
})

it('more decoder failures than the policy takes for chance', async () => {
  const { deps } = opened
  const { windowMs, atLeast } = deps.policy.alarms.decoderFailures
  const look = createHealthWatch(deps)
  const cover = async (count: number, reason: 'decoder-failed' | null, from: number) => {
    for (let n = from; n < from + count; n += 1)
      await coverStretch(
        deps.database,
        {
          streamId: 'torn',
          fromMs: n * 2_000,
          toMs: (n + 1) * 2_000,
          state: reason === null ? 'looked' : 'not-looked',
          reason,
          detail: null,
          cause: `segment:${n}`,
          pictures: 1,
          models: [],
        },
        new Date(deps.now()),
      )
  }
  await cover(atLeast - 1, 'decoder-failed', 0)
  expect(await lookAfter(look, 1_000)).toEqual([])
  await cover(1, 'decoder-failed', atLeast)
  expect(await lookAfter(look, 1_000)).toEqual(['decoder-failures decoder'])
  // The same failures among many good stretches are chance.
  await cover(atLeast * 20, null, atLeast + 1)
  expect(await lookAfter(look, 1_000)).toEqual([])
  expect(await lookAfter(look, windowMs)).toEqual([])
}, 30_000)

it('an entry that hits too many messages, and a source that hits too many streams, as long as they are held back', async () => {
  const { deps, clock } = opened
  const hits = createEntryHits({ url: engines().redis.url, topicPrefix: uniqueName('escalate') })
  try {
    const look = createHealthWatch({ ...deps, entryHits: hits })
    await hits.hold(['words SPAM x'], clock.now + 60_000)
    await hits.hold(['nsfw SEX_EXPLICIT'], clock.now + 60_000, 'pictures')
    expect((await lookAfter(look, 1_000)).toSorted()).toEqual([
      'entry-flood words SPAM x',
      'picture-flood nsfw SEX_EXPLICIT',
    ])
    expect(await lookAfter(look, 60_000)).toEqual([])
  } finally {
    await hits.close()
  }
})

it('an archive that stands still for a quarter of what the log keeps, and not one that has nothing to do', async () => {
  const { deps, log } = opened
  const topic = topicName(topicPrefix, 'moderation.verdicts')
  const look = createHealthWatch(deps)
  const group = groupName(topicPrefix, 'archive')
  const quarter = deps.logRetentionMs / 4
  expect(await lookAfter(look, quarter)).toEqual([])
  log.append({ topic, key: 'a', value: Buffer.from('{}') })
  expect(await lookAfter(look, 31_000)).toEqual([])
  expect(await lookAfter(look, quarter - 31_000)).toEqual([])
  expect(await lookAfter(look, 31_000)).toEqual([`archive-lag ${topic}`])
  const archive = await log.subscribe({
    group,
    topics: [topic],
    onBatch: async ({ records, assignment }) => {
      for (const { offset } of records) await assignment.commit(offset)
    },
  })
  await until(() => log.committed(group, topic, 0)?.offset === 1n, { what: 'the archive has caught up' })
  await archive.stop()
  expect(await lookAfter(look, 31_000)).toEqual([])
})
