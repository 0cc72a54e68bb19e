import { SamplingRules, type SegmentAccepted } from '@streamkeeper/contracts'
import type { SamplingFacts } from '@streamkeeper/database'
import type { Picture } from '@streamkeeper/media'
import { createSampling } from './sampling.js'
import { createStreamFacts } from './stream-facts.js'

const rules = SamplingRules.parse({
  intervalMs: 4_000,
  floorMs: 16_000,
  tiers: [{ name: 'high', when: { viewersFrom: 1_000, minor: true }, intervalMs: 2_000, floorMs: 4_000 }],
  burst: { forMs: 20_000, intervalMs: 1_000 },
  overload: { thinFromMs: 10_000, thinnedMs: 30_000, skipFromMs: 60_000 },
})
const startedAt = Date.parse('2026-01-01T00:00:00.000Z')
const harmless: SamplingFacts = {
  streamId: 's',
  class: 'other',
  tags: [],
  viewers: 5,
  ageBand: 'adult',
  violations: 0,
  chatHitMs: null,
  reportMs: null,
}

/** A stream with a segment of four seconds and a keyframe each second, read `lagMs` after the broker took it. */
async function open(change: Partial<SamplingFacts> = {}, using = rules) {
  const state = { now: startedAt, facts: { ...harmless, ...change } }
  const facts = createStreamFacts(
    (ids) => Promise.resolve(ids.map((streamId) => ({ ...state.facts, streamId }))),
    () => state.now,
  )
  const sampling = createSampling(using, facts, () => state.now)
  facts.get('s')
  await facts.refresh()
  let sequence = 0
  const next = (lagMs = 0) => {
    const streamTimeMs = sequence * 4_000
    const brokerMs = startedAt + streamTimeMs
    state.now = brokerMs + lagMs
    const origin = { brokerAt: new Date(brokerMs).toISOString() }
    const segment = { streamId: 's', sequence, streamTimeMs, durationMs: 4_000, origin } as SegmentAccepted
    sequence += 1
    const refused = sampling.begin(segment)
    const pictures = [0, 1, 2, 3].map((at) => ({ streamTimeMs: streamTimeMs + at * 1_000 }) as Picture)
    const { pictures: chosen, thinned } = sampling.choose(segment, pictures)
    return { refused, thinned, times: chosen.map((picture) => picture.streamTimeMs - streamTimeMs) }
  }
  return { sampling, facts, state, next }
}

test('a stream is looked at by its tier', async () => {
  const calm = await open()
  expect([calm.next().times, calm.next().times]).toEqual([[0], [0]])
  const watched = await open({ viewers: 1_000 })
  expect(watched.next().times).toEqual([0, 2_000])
  for (const ageBand of ['under-14', '14-15', '16-17'] as const)
    expect((await open({ ageBand })).next().times).toEqual([0, 2_000])
  expect((await open({ ageBand: 'unknown' })).next().times).toEqual([0])
})

test('what is known follows the database, and a stream that nothing is known of is one of the riskiest', async () => {
  const { sampling, facts, state, next } = await open()
  expect(next().times).toEqual([0])
  state.facts = { ...harmless, viewers: 2_000 }
  await facts.refresh()
  expect(next().times).toEqual([0, 2_000])
  sampling.forget('s')
  state.facts = harmless
  expect(next().times).toEqual([0, 2_000])
})

test.each<[string, Partial<SamplingFacts>]>([
  ['a report', { reportMs: startedAt + 1_000 }],
  ['a hit in chat', { chatHitMs: startedAt + 1_000 }],
])('%s makes the looks more frequent for as long as the policy says', async (_what, change) => {
  const { next } = await open(change)
  const looks = Array.from({ length: 7 }, () => next().times.length)
  expect(looks).toEqual([4, 4, 4, 4, 4, 4, 1])
})

test('so does a near hit, on the clock of the stream, and only what the policy names', async () => {
  const { sampling, next } = await open()
  expect(next().times).toEqual([0])
  sampling.noteNearHit('s', 0)
  expect(Array.from({ length: 5 }, () => next().times.length)).toEqual([4, 4, 4, 4, 1])
  const onReports = SamplingRules.parse({ ...rules, burst: { ...rules.burst, after: ['report'] } })
  const other = await open({ chatHitMs: startedAt }, onReports)
  other.sampling.noteNearHit('s', 0)
  expect(other.next().times).toEqual([0])
})

test('behind the broker the harmless are thinned to their floor first, one late segment alone thins nothing', async () => {
  const harmlessStream = await open()
  const watched = await open({ viewers: 1_000 })
  harmlessStream.next()
  watched.next()
  expect(harmlessStream.next(30_000)).toMatchObject({ times: [0], thinned: 0 })
  watched.next(30_000)
  const [one, other] = [harmlessStream, watched].map(({ next }) => Array.from({ length: 24 }, () => next(20_000)))
  // Half of the pressure is on: the harmless are at 16 s, the watched as before.
  const last = (one ?? []).slice(-8)
  expect(last.flatMap(({ times }) => times)).toHaveLength(2)
  expect(last.filter(({ times }) => times.length === 0).map(({ thinned }) => thinned)).toEqual([1, 1, 1, 1, 1, 1])
  expect(other?.slice(-2).map(({ times }) => times.length)).toEqual([2, 2])
  const later = Array.from({ length: 24 }, () => watched.next(59_000))
  expect(later.slice(-4).map(({ times }) => times.length)).toEqual([1, 1, 1, 1])
  // Well again.
  for (let segment = 0; segment < 30; segment += 1) harmlessStream.next(0)
  const well = harmlessStream.next(0)
  expect([well.times.length, well.thinned]).toEqual([1, 0])
})

test('what is too late is not looked at, and says so', async () => {
  const { next } = await open()
  expect(next(59_999).refused).toBeNull()
  expect(next(60_000).refused).toMatch('60 s behind')
  const patient = SamplingRules.parse({ ...rules, overload: {} })
  expect((await open({}, patient)).next(86_400_000).refused).toBeNull()
})

test('streams that are no longer asked for are no longer read, and a database that is away leaves what is known', async () => {
  const asked: (readonly string[])[] = []
  let now = 0
  let away = false
  const facts = createStreamFacts(
    (ids) => {
      asked.push(ids)
      if (away) return Promise.reject(new Error('away'))
      return Promise.resolve(ids.filter((id) => id === 'known').map((streamId) => ({ ...harmless, streamId })))
    },
    () => now,
  )
  await facts.refresh()
  expect(asked).toEqual([])
  facts.get('known')
  facts.get('unknown')
  await facts.refresh()
  expect([facts.get('known')?.viewers, facts.get('unknown')]).toEqual([5, undefined])
  away = true
  await expect(facts.refresh()).rejects.toThrow('away')
  expect(facts.get('known')?.viewers).toBe(5)
  now = 120_001
  facts.get('unknown')
  away = false
  await facts.refresh()
  expect(asked.at(-1)).toEqual(['unknown'])
})
