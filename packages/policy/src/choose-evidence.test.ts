import fc from 'fast-check'
import { chooseEvidence, mostPictures, type PictureHit } from './choose-evidence.js'

const lanes = ['picture', 'picture-text', 'code', 'hash'] as const
const labels = ['TEST_CARD', 'GAMBLING', 'GORE', 'WEAPONS', 'FRAUD'] as const

/** Few values each, so that hits share time, score and severity. */
const hit = fc.record({
  signalId: fc.integer({ min: 0, max: 400 }).map((n) => `s${n}`),
  lane: fc.constantFrom(...lanes),
  label: fc.constantFrom(...labels),
  score: fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
  severity: fc.constantFrom(40, 70, 95),
  streamTimeMs: fc.oneof(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 20_000_000 })),
})
const many = fc.uniqueArray(hit, { maxLength: 120, selector: ({ signalId }) => signalId })
/** Half of them of one label and lane: the spread has most room then. */
const hits = fc.oneof(
  many,
  many.map((all) => all.map((one) => ({ ...one, label: 'GORE' as const, lane: 'picture' as const }))),
)
const idsOf = (all: readonly PictureHit[]): string[] => all.map(({ signalId }) => signalId)

/** Severity before score. */
const worth = ({ severity, score }: PictureHit): number => severity * 10 + score

const alike = (n: number, more: Partial<PictureHit> = {}): PictureHit => ({
  signalId: `s${String(n).padStart(4, '0')}`,
  lane: 'picture',
  label: 'GORE',
  score: 0.9,
  severity: 70,
  streamTimeMs: n * 2_000,
  ...more,
})
const rising = (count: number): PictureHit[] => Array.from({ length: count }, (_, n) => alike(n))

it('is bounded and has the first, the latest and the worst of each label and lane', () => {
  fc.assert(
    fc.property(hits, (all) => {
      const chosen = chooseEvidence(all)
      expect(chosen.length).toBeLessThanOrEqual(mostPictures)
      const times = all.map(({ streamTimeMs }) => streamTimeMs)
      if (all.length === 0) return
      expect(chosen[0]?.streamTimeMs).toBe(Math.min(...times))
      expect(chosen.at(-1)?.streamTimeMs).toBe(Math.max(...times))
      const groupOf = ({ label, lane }: PictureHit): string => `${label} ${lane}`
      if (new Set(all.map(groupOf)).size > 12) return
      for (const one of all) {
        const same = chosen.filter((other) => groupOf(other) === groupOf(one))
        expect(same.some((other) => worth(other) >= worth(one))).toBe(true)
      }
    }),
  )
})

it('is the same set in whatever order the hits come, and however often', () => {
  const shuffled = hits.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }), fc.subarray(all)),
  )
  fc.assert(
    fc.property(shuffled, ([all, other, again]) => {
      expect(chooseEvidence([...other, ...again])).toEqual(chooseEvidence(all))
    }),
  )
})

it('is the same set when a case grows bite by bite and only what was kept is looked at', () => {
  const bites = hits.chain((all) =>
    fc.tuple(fc.shuffledSubarray(all, { minLength: all.length }), fc.integer({ min: 1, max: 30 })),
  )
  fc.assert(
    fc.property(bites, ([all, bite]) => {
      let kept: PictureHit[] = []
      for (let at = 0; at < all.length; at += bite) kept = chooseEvidence([...kept, ...all.slice(at, at + bite)])
      expect(kept).toEqual(chooseEvidence(all))
    }),
    { numRuns: 300 },
  )
})

it('keeps what a person looked at beside the choice without changing it', () => {
  const looked = hits.chain((all) => fc.tuple(fc.constant(all), fc.subarray(all)))
  fc.assert(
    fc.property(looked, ([all, some]) => {
      expect(chooseEvidence([...chooseEvidence(all), ...some])).toEqual(chooseEvidence(all))
    }),
  )
})

it('keeps all of a small case, and 200 hits spread over their time', () => {
  expect(chooseEvidence(rising(11))).toHaveLength(11)
  const chosen = chooseEvidence(rising(200))
  expect(chosen.length).toBeGreaterThanOrEqual(12)
  const times = chosen.map(({ streamTimeMs }) => streamTimeMs)
  const steps = times.slice(1).map((time, n) => time - (times[n] ?? 0))
  // 400 s over at least 11 stretches of one power of two of milliseconds: none longer than two of them.
  expect(Math.max(...steps)).toBeLessThanOrEqual(2 * 2 ** 15)
})

it('keeps the one worst hit among hundreds, wherever it lies', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 199 }), (at) => {
      const all = rising(200).map((one, n) => (n === at ? alike(n, { score: 0.91 }) : one))
      expect(idsOf(chooseEvidence(all))).toContain(alike(at).signalId)
    }),
  )
})
