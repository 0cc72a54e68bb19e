import fc from 'fast-check'
import { StreamBreaker, type StreamLimits } from './stream-breaker.js'

const limits: StreamLimits = { windowMs: 60_000, atLeast: 5, share: 0.2, holdMs: 600_000 }

test('a source that hits more streams than its share is held back for its time, alone, and is free again afterwards', () => {
  const breaker = new StreamBreaker(limits)
  for (let n = 0; n < 20; n += 1) expect(breaker.count(`quiet-${n}`, n < 4 ? ['good'] : [], n)).toEqual([])
  for (let n = 0; n < 5; n += 1) expect(breaker.count(`s-${n}`, ['bad'], 100 + n)).toEqual([])
  // Of 26 streams 6 are more than a fifth.
  expect(breaker.count('s-5', ['bad', 'good'], 200)).toEqual(['bad'])
  expect(breaker.tripped(200)).toEqual(['bad'])
  expect(breaker.count('s-6', ['bad'], 200 + limits.holdMs - 1)).toEqual(['bad'])
  expect(breaker.count('s-6', ['bad'], 200 + limits.holdMs)).toEqual([])
  expect(breaker.tripped(200 + limits.holdMs)).toEqual([])
})

test('one that goes on is held back longer', () => {
  const breaker = new StreamBreaker(limits)
  for (let at = 0; at < 3 * limits.holdMs; at += 10_000) {
    const held = breaker.count(`s-${(at / 10_000) % 6}`, ['bad'], at)
    expect(held).toEqual(at < 40_000 ? [] : ['bad'])
  }
})

test('a stream that hits all day is one stream', () => {
  const breaker = new StreamBreaker({ ...limits, atLeast: 2 })
  for (let n = 0; n < 10_000; n += 1) expect(breaker.count('s', ['w'], n * 1_000)).toEqual([])
  expect(breaker.kept).toEqual({ looked: 1, hit: 1, held: 0 })
})

test('streams that were looked at longer ago than the window do not count, neither do their hits', () => {
  const breaker = new StreamBreaker(limits)
  for (let n = 0; n < 4; n += 1) breaker.count(`old-${n}`, ['w'], n)
  for (let n = 0; n < 4; n += 1) expect(breaker.count(`new-${n}`, ['w'], 60_003 + n)).toEqual([])
  expect(breaker.kept).toMatchObject({ looked: 4, hit: 4 })
})

const look = fc.record({
  stream: fc.nat(30),
  sources: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 3 }),
  pauseMs: fc.constantFrom(0, 1, 500, 9_000, 61_000),
})

/** What stands in the window, counted the plain way. */
function countPlainly(looks: readonly { stream: number; sources: readonly string[]; at: number }[], now: number) {
  const recent = looks.filter(({ at }) => at > now - limits.windowMs)
  const streamsOf = (source: string): number =>
    new Set(recent.filter(({ sources }) => sources.includes(source)).map(({ stream }) => stream)).size
  const pairs = new Set(recent.flatMap(({ stream, sources }) => sources.map((source) => `${source} ${stream}`)))
  return { looked: new Set(recent.map(({ stream }) => stream)).size, pairs: pairs.size, streamsOf }
}

test('below its bound it counts different streams exactly, whatever comes', () => {
  fc.assert(
    fc.property(fc.array(look, { maxLength: 120 }), (looks) => {
      const breaker = new StreamBreaker(limits)
      const done: { stream: number; sources: readonly string[]; at: number }[] = []
      const until = new Map<string, number>()
      let now = 0
      for (const { stream, sources, pauseMs } of looks) {
        now += pauseMs
        done.push({ stream, sources, at: now })
        const held = breaker.count(`s-${stream}`, sources, now)
        const { looked, streamsOf } = countPlainly(done, now)
        for (const source of sources)
          if (streamsOf(source) >= limits.atLeast && streamsOf(source) > looked * limits.share)
            until.set(source, now + limits.holdMs)
        expect(held).toEqual(sources.filter((source) => (until.get(source) ?? 0) > now))
        expect(breaker.kept.looked).toBe(looked)
      }
    }),
  )
})

test('it never keeps more than its bound', () => {
  const many = fc.array(fc.record({ stream: fc.nat(200), source: fc.nat(200), pauseMs: fc.constantFrom(0, 1, 50_000) }))
  fc.assert(
    fc.property(many, fc.integer({ min: 1, max: 20 }), (looks, most) => {
      const breaker = new StreamBreaker({ ...limits, atLeast: 1, share: 0.01 }, most)
      let now = 0
      for (const { stream, source, pauseMs } of looks) {
        now += pauseMs
        breaker.count(`s-${stream}`, [`w-${source}`, `w-${source + 1}`], now)
        for (const size of Object.values(breaker.kept)) expect(size).toBeLessThanOrEqual(most)
      }
    }),
  )
})
