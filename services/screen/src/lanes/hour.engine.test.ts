import type { NotLookedReason } from '@streamkeeper/contracts'
import { openScratchDatabase, type OpenScratchDatabase, type StretchRow } from '@streamkeeper/database'
import { engines } from '@streamkeeper/testkit'
import fc from 'fast-check'
import { fates, Hour, hourMs, type Fate, type Fault, type Part, type Placed } from './_hour.js'

/**
 * An hour of stream adds up to an hour: the real lane, consumer, gate, sampling and database; decoder and model answer as they
 * are told, since an hour of H.264 takes minutes to decode. Records come out of order, twice, and through crashes.
 */
let opened: OpenScratchDatabase
beforeAll(async () => {
  opened = await openScratchDatabase(engines().postgres.url)
}, 60_000)
afterAll(() => opened.close())

const part: fc.Arbitrary<Part> = fc.record({
  // A gap that is told of, one that nobody tells of, and one whose segment comes after it was given up.
  kind: fc.constantFrom('segment', 'segment', 'segment', 'segment', 'segment', 'gap', 'jump', 'late'),
  ms: fc.integer({ min: 1_000, max: 60_000 }),
  fate: fc.oneof({ weight: 3, arbitrary: fc.constant('pictures' as const) }, fc.constantFrom(...fates)),
  ground: fc.nat(2),
  overlapMs: fc.constantFrom(0, 0, 0, 0, 500),
  moved: fc.constantFrom(0, 0, 0, 1, 2),
})
const fault = fc.constantFrom<Fault[]>('crash', 'rebalance', 'lost-commit', 'log-away')
const hour = fc.record({
  parts: fc.array(part, { minLength: 130, maxLength: 180 }),
  faults: fc.array(fault, { maxLength: 6 }),
})

/** What the stretch of a segment may say whose time is its own. */
const said: Readonly<Record<Fate, readonly (NotLookedReason | null)[]>> = {
  pictures: [null, 'gate'],
  'decoder-failed': ['decoder-failed'],
  'no-keyframe': ['no-keyframe'],
  timeout: ['timeout'],
  'media-missing': ['media-missing'],
  overload: ['overload', 'gate'],
  'no-model': ['no-model', 'gate'],
  late: ['overload'],
}

const decodable: readonly Fate[] = ['pictures', 'overload', 'no-model']

function expectWholeHour(rows: readonly StretchRow[]): void {
  expect(rows[0]?.fromMs).toBe(0)
  expect(rows.at(-1)?.toMs).toBe(hourMs)
  // Disjoint and without a hole: each begins where the one before ends.
  expect(rows.slice(1).map(({ fromMs }) => fromMs)).toEqual(rows.slice(0, -1).map(({ toMs }) => toMs))
  expect(rows.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs), 0)).toBe(hourMs)
  for (const { fromMs, toMs, state, reason } of rows) {
    expect(toMs).toBeGreaterThan(fromMs)
    expect(reason === null).toBe(state === 'looked')
  }
}

function expectTruth(rows: readonly StretchRow[], placed: readonly Placed[]): void {
  for (const { cause, state, reason, pictures } of rows) {
    const [kind, sequence] = cause.split(':')
    const one = kind === 'segment' ? placed[Number(sequence)] : undefined
    if (one === undefined) expect(reason).toBe('gap')
    // Between two looks that are due none is: such a segment is taken for looked at.
    else if (state === 'looked' && pictures === 0) expect(decodable).toContain(one.fate)
    else expect(said[one.fate]).toContain(reason)
  }
  // Whoever came in time has a stretch of his own, but for what a neighbour took.
  for (const { kind, sequence, durationMs } of placed)
    if (kind === 'segment' && durationMs > 1_000)
      expect(rows.some(({ cause }) => cause === `segment:${sequence}`)).toBe(true)
}

test('an hour of stream adds up to an hour, and says the truth of each stretch, through gaps, failures, crashes and replays', async () => {
  const told = new Set<string | null>()
  await fc.assert(
    fc.asyncProperty(hour, async ({ parts, faults }) => {
      const one = new Hour(opened.database, parts)
      await one.run(faults)
      const rows = await one.rows()
      expectWholeHour(rows)
      expectTruth(rows, one.placed)
      const stretches = rows.map(({ fromMs, toMs, state, reason }) => ({
        fromMs,
        toMs,
        state,
        reason: reason ?? undefined,
      }))
      const published = (await one.published()).toSorted((a, b) => a.fromMs - b.fromMs)
      expect(published.map(({ fromMs, toMs, state, reason }) => ({ fromMs, toMs, state, reason }))).toEqual(stretches)
      for (const { reason } of rows) told.add(reason)
    }),
    { numRuns: 4, endOnFailure: true },
  )
  expect([...told].map(String).toSorted()).toEqual([
    'decoder-failed',
    'gap',
    'gate',
    'media-missing',
    'no-keyframe',
    'no-model',
    'null',
    'overload',
    'timeout',
  ])
}, 300_000)
