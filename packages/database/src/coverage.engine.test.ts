import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { useTestDatabase } from './_test-database.js'
import { noon, policy } from './_test-records.js'
import { coverStretch, listCoverage, listCoverageFrom, type NewStretch } from './coverage.js'
import type { Database } from './database.js'

let database: Database
useTestDatabase((opened) => (database = opened.database))

interface Asked {
  readonly fromMs: number
  readonly lengthMs: number
}

const asked = fc.array(
  fc.record({ fromMs: fc.integer({ min: 0, max: 40 }), lengthMs: fc.integer({ min: 0, max: 15 }) }),
  { maxLength: 12 },
)

let made = 0
const stretch = (streamId: string, { fromMs, lengthMs }: Asked, n: number): NewStretch => ({
  streamId,
  fromMs,
  toMs: fromMs + lengthMs,
  state: 'looked',
  reason: null,
  detail: null,
  cause: `segment:${n}`,
  pictures: 1,
  models: [policy],
})

/** Which milliseconds are covered, in order; a millisecond that is covered twice stands twice. */
const unitsOf = (parts: readonly { fromMs: number; toMs: number }[]): number[] =>
  parts
    .flatMap(({ fromMs, toMs }) => Array.from({ length: toMs - fromMs }, (_, n) => fromMs + n))
    .toSorted((a, b) => a - b)

async function expectWhole(streamId: string, all: readonly Asked[]): Promise<void> {
  const wanted = new Set(all.flatMap(({ fromMs, lengthMs }) => unitsOf([{ fromMs, toMs: fromMs + lengthMs }])))
  const rows = await listCoverage(database, streamId)
  expect(unitsOf(rows)).toEqual([...wanted].toSorted((a, b) => a - b))
}

test('in any order, overlapping stretches add up, none overlaps, and asked again gives the same', async () => {
  await fc.assert(
    fc.asyncProperty(asked, async (all) => {
      const streamId = `in-order-${(made += 1)}`
      const first = []
      for (const [n, each] of all.entries()) first.push(await coverStretch(database, stretch(streamId, each, n), noon))
      await expectWhole(streamId, all)
      for (const [n, each] of all.entries())
        expect(await coverStretch(database, stretch(streamId, each, n), noon)).toEqual(first[n])
      await expectWhole(streamId, all)
    }),
    { numRuns: 25 },
  )
}, 60_000)

test('at once on several connections too', async () => {
  await fc.assert(
    fc.asyncProperty(asked, async (all) => {
      const streamId = `at-once-${(made += 1)}`
      await Promise.all(all.map((each, n) => coverStretch(database, stretch(streamId, each, n), noon)))
      await expectWhole(streamId, all)
    }),
    { numRuns: 15 },
  )
}, 60_000)

test('the stretches from a time on are those that end after it', async () => {
  await fc.assert(
    fc.asyncProperty(asked, fc.integer({ min: 0, max: 60 }), async (all, fromMs) => {
      const streamId = `listed-${(made += 1)}`
      for (const [n, each] of all.entries()) await coverStretch(database, stretch(streamId, each, n), noon)
      const rows = await listCoverage(database, streamId)
      expect(await listCoverageFrom(database, streamId, fromMs)).toEqual(rows.filter((row) => row.toMs > fromMs))
    }),
    { numRuns: 15 },
  )
}, 60_000)
