import { SamplingRules, StreamClass } from '@streamkeeper/contracts'
import fc from 'fast-check'
import { choosePicture, type SamplingPlace } from './choose-pictures.js'
import { finestIntervalOf, planSampling, type SamplingPlan, type StreamRisk } from './plan-sampling.js'

const harmless: StreamRisk = { class: 'other', tags: [], viewers: 10, violations: 0, minor: false }
const rules = SamplingRules.parse({
  intervalMs: 4_000,
  floorMs: 20_000,
  tiers: [
    { name: 'high', when: { violationsFrom: 2, minor: true }, intervalMs: 1_000, floorMs: 2_000 },
    {
      name: 'raised',
      when: { viewersFrom: 1_000, tags: ['dating'], classes: ['news'] },
      intervalMs: 2_000,
      floorMs: 5_000,
    },
  ],
  young: { untilMs: 60_000, intervalMs: 1_500 },
  burst: { forMs: 60_000, intervalMs: 500 },
  overload: { thinFromMs: 10_000, thinnedMs: 40_000 },
})
const calm = { streamTimeMs: 3_600_000, bursts: false, lagMs: 0 }
const planOf = (risk: Partial<StreamRisk> | undefined, question: Partial<typeof calm> = {}): SamplingPlan =>
  planSampling(rules, { ...calm, risk: risk && { ...harmless, ...risk }, ...question })

test.each<[string, Partial<StreamRisk> | undefined, number, number]>([
  ['without any sign', {}, 4_000, 20_000],
  ['of a minor', { minor: true }, 1_000, 2_000],
  ['of somebody with two violations', { violations: 2 }, 1_000, 2_000],
  ['of somebody with one violation', { violations: 1 }, 4_000, 20_000],
  ['that many watch', { viewers: 1_000 }, 2_000, 5_000],
  ['with a tag', { tags: ['music', 'dating'] }, 2_000, 5_000],
  ['of a class', { class: 'news' }, 2_000, 5_000],
  ['of a minor that many watch', { minor: true, viewers: 5_000 }, 1_000, 2_000],
  ['that nothing is known of', undefined, 1_000, 2_000],
])('a stream %s has the interval and the floor of its tier', (_what, risk, wantedMs, floorMs) => {
  expect(planOf(risk)).toEqual({ wantedMs, intervalMs: wantedMs, floorMs })
})

test('a young stream and one that something happened on are looked at more often, never less', () => {
  expect(planOf({}, { streamTimeMs: 59_999 }).intervalMs).toBe(1_500)
  expect(planOf({}, { streamTimeMs: 60_000 }).intervalMs).toBe(4_000)
  expect(planOf({ minor: true }, { streamTimeMs: 0 }).intervalMs).toBe(1_000)
  expect(planOf({}, { bursts: true }).intervalMs).toBe(500)
})

test('under overload the least risky are at their floor before the next tier is touched', () => {
  const at = (lagMs: number) =>
    [{}, { viewers: 1_000 }, { minor: true }].map((risk) => planOf(risk, { lagMs }).intervalMs)
  expect(at(10_000)).toEqual([4_000, 2_000, 1_000])
  expect(at(15_000)).toEqual([12_000, 2_000, 1_000])
  expect(at(20_000)).toEqual([20_000, 2_000, 1_000])
  expect(at(25_000)).toEqual([20_000, 3_500, 1_000])
  expect(at(30_000)).toEqual([20_000, 5_000, 1_000])
  expect(at(40_000)).toEqual([20_000, 5_000, 2_000])
  expect(at(4_000_000)).toEqual([20_000, 5_000, 2_000])
  // What something happened on goes last, whatever its tier.
  expect(planOf({}, { bursts: true, lagMs: 30_000 }).intervalMs).toBe(500)
})

test('without tiers every stream is thinned alike, and the floor is never below the interval', () => {
  const plain = SamplingRules.parse({ intervalMs: 30_000 })
  expect(planSampling(plain, { ...calm, risk: harmless, lagMs: 1e9 })).toEqual({
    wantedMs: 30_000,
    intervalMs: 30_000,
    floorMs: 30_000,
  })
  expect(finestIntervalOf(plain)).toBe(30_000)
  expect(finestIntervalOf(rules)).toBe(500)
})

const anyRisk = fc.record({
  class: fc.constantFrom(...StreamClass.options),
  tags: fc.subarray(['dating', 'music']),
  viewers: fc.nat(2_000),
  violations: fc.nat(3),
  minor: fc.boolean(),
})
const anyQuestion = fc.record({
  risk: fc.option(anyRisk, { nil: undefined }),
  streamTimeMs: fc.nat(120_000),
  bursts: fc.boolean(),
  lagMs: fc.nat(60_000),
})

/** The times of a stream's pictures that are looked at. */
function looksOf(plan: SamplingPlan, times: readonly number[], endMs = 0): { takenMs: number[]; thinned: number } {
  let place: SamplingPlace | undefined
  let thinned = 0
  const takenMs = times.filter((atMs, at) => {
    const choice = choosePicture(plan, place, { atMs, untilMs: times[at + 1] ?? endMs })
    place = choice.place
    if (choice.thinned) thinned += 1
    return choice.take
  })
  return { takenMs, thinned }
}

test('never rarer than the floor where pictures come that often, never more often than wanted, and thinned only under overload', () => {
  const distance = fc.integer({ min: 20, max: 3_000 })
  fc.assert(
    fc.property(anyQuestion, distance, fc.integer({ min: 2, max: 200 }), (question, everyMs, count) => {
      const plan = planSampling(rules, question)
      expect(plan.intervalMs).toBeGreaterThanOrEqual(plan.wantedMs)
      expect(plan.intervalMs).toBeLessThanOrEqual(plan.floorMs)
      const times = Array.from({ length: count }, (_, at) => at * everyMs)
      const { takenMs, thinned } = looksOf(plan, times)
      expect(takenMs[0]).toBe(0)
      const gaps = takenMs.slice(1).map((atMs, at) => atMs - (takenMs[at] ?? 0))
      const tooRare = gaps.filter((gap) => gap > Math.max(plan.floorMs, everyMs))
      // More often only for the floor's sake.
      const tooOften = gaps.filter((gap) => gap < plan.wantedMs * 0.9 && gap + everyMs <= plan.floorMs)
      expect({ tooRare, tooOften }).toEqual({ tooRare: [], tooOften: [] })
      if (plan.intervalMs === plan.wantedMs) expect(thinned).toBe(0)
    }),
    { numRuns: 2_000 },
  )
})

test('nothing stands beyond the floor unseen, however unequal the times', () => {
  const distances = fc.array(fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 8_000 })), {
    minLength: 1,
    maxLength: 60,
  })
  fc.assert(
    fc.property(anyQuestion, distances, (question, all) => {
      const plan = planSampling(rules, question)
      let endMs = 0
      const times = [0, ...all.slice(1).map((distance) => (endMs += distance))]
      endMs += all[0] ?? 0
      const { takenMs } = looksOf(plan, times, endMs)
      let lastMs = 0
      const unseen = times.filter((atMs, at) => {
        if (takenMs.includes(atMs)) lastMs = atMs
        return (times[at + 1] ?? endMs) - lastMs > plan.floorMs && lastMs !== atMs
      })
      expect(unseen).toEqual([])
    }),
    { numRuns: 2_000 },
  )
})

test('a scene that begins shortly behind a picture, and stands, is looked at', () => {
  const plan = { wantedMs: 2_000, intervalMs: 2_000, floorMs: 8_000 }
  expect(looksOf(plan, [0, 120], 6_000).takenMs).toEqual([0, 120])
  expect(looksOf(plan, [0, 120, 1_500], 2_000).takenMs).toEqual([0])
  expect(looksOf(plan, [0, 120, 1_900], 6_000).takenMs).toEqual([0, 1_900])
})

test('a clock that goes back begins anew', () => {
  const plan = { wantedMs: 2_000, intervalMs: 2_000, floorMs: 10_000 }
  expect(looksOf(plan, [5_000, 6_000, 7_000, 100, 1_000, 2_100]).takenMs).toEqual([5_000, 7_000, 100, 2_100])
})

test.each([
  [{ floorMs: 1_000 }, 'floorMs'],
  [{ tiers: [{ name: 'x', when: {}, intervalMs: 1_000, floorMs: 1_000 }] }, 'at least one sign'],
  [{ tiers: [{ name: 'x', when: { minor: true }, intervalMs: 2_000, floorMs: 1_000 }] }, 'not below intervalMs'],
  [{ overload: { thinFromMs: 5_000, thinnedMs: 5_000 } }, 'above thinFromMs'],
])('rules that make no sense are refused: %j', (wrong, message) => {
  const parsed = SamplingRules.safeParse(wrong)
  expect(JSON.stringify(parsed.error?.issues)).toContain(message)
})
