import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { useTestDatabase } from './_test-database.js'
import { after, newStream, noon } from './_test-records.js'
import type { Database } from './database.js'
import {
  findSegment,
  giveUpSequences,
  listGaps,
  listSegmentsBetween,
  recordSegment,
  type NewSegment,
} from './segments.js'
import { advanceWindow, findStream, startStream } from './streams.js'

let database: Database
useTestDatabase((opened) => (database = opened.database))

function segment(streamId: string, sequence: number, more: Partial<NewSegment> = {}): NewSegment {
  return {
    streamId,
    sequence,
    sha256: 'a'.repeat(64),
    size: 1_000,
    streamTimeMs: sequence * 2_000,
    durationMs: 2_000,
    mediaType: 'video/mp2t',
    discontinuity: false,
    spoolKey: `${streamId}/${sequence}`,
    origin: { topic: 'live.segments', partition: 0, offset: BigInt(sequence), brokerAt: noon.getTime() },
    receivedAt: noon,
    ...more,
  }
}

let streamsMade = 0
async function makeStream(): Promise<string> {
  const streamId = `stream-${(streamsMade += 1)}`
  await startStream(database, newStream(streamId))
  return streamId
}

const nextOf = async (streamId: string): Promise<number | undefined> =>
  (await findStream(database, streamId))?.nextSequence

function firstMissing(sequences: readonly number[], from = 0): number {
  const seen = new Set(sequences)
  let next = from
  while (seen.has(next)) next += 1
  return next
}

/** Any arrival order of a part of 0..14. */
const arrivals = fc.shuffledSubarray(Array.from({ length: 15 }, (_, n) => n))

test('whatever the order and the holes, the next sequence is the first that is missing', async () => {
  await fc.assert(
    fc.asyncProperty(arrivals, async (sequences) => {
      const streamId = await makeStream()
      const come: number[] = []
      for (const sequence of sequences) {
        await recordSegment(database, segment(streamId, sequence))
        come.push(sequence)
        expect(await nextOf(streamId)).toBe(firstMissing(come))
      }
    }),
    { numRuns: 20 },
  )
}, 60_000)

test('segments that come at once on several connections are all counted', async () => {
  await fc.assert(
    fc.asyncProperty(arrivals, async (sequences) => {
      const streamId = await makeStream()
      await Promise.all(sequences.map((sequence) => recordSegment(database, segment(streamId, sequence))))
      expect(await nextOf(streamId)).toBe(firstMissing(sequences))
    }),
    { numRuns: 20 },
  )
}, 60_000)

test('giving up hole after hole ends with all that came, and each gap is told once', async () => {
  await fc.assert(
    fc.asyncProperty(arrivals, async (sequences) => {
      const streamId = await makeStream()
      for (const sequence of sequences) await recordSegment(database, segment(streamId, sequence))
      const missing: number[] = []
      for (;;) {
        const gap = (await listGaps(database, { olderThan: noon })).find((each) => each.streamId === streamId)
        if (gap === undefined) break
        expect(gap.fromMs).toBe(gap.fromSequence * 2_000)
        expect(gap.toMs).toBe((gap.toSequence + 1) * 2_000)
        for (let n = gap.fromSequence; n <= gap.toSequence; n += 1) missing.push(n)
        await giveUpSequences(database, { streamId, upTo: gap.toSequence })
      }
      const last = Math.max(-1, ...sequences)
      const seen = new Set(sequences)
      expect(missing).toEqual(Array.from({ length: last + 1 }, (_, n) => n).filter((n) => !seen.has(n)))
      expect(await nextOf(streamId)).toBe(last + 1)
    }),
    { numRuns: 15 },
  )
}, 60_000)

test('a hole is no gap before the segment behind it has waited', async () => {
  const streamId = await makeStream()
  await recordSegment(database, segment(streamId, 3, { receivedAt: after(5_000) }))
  const gapsAt = async (ms: number) =>
    (await listGaps(database, { olderThan: after(ms) })).filter((gap) => gap.streamId === streamId)
  expect(await gapsAt(4_999)).toEqual([])
  expect(await gapsAt(5_000)).toEqual([{ streamId, fromSequence: 0, toSequence: 2, fromMs: 0, toMs: 6_000 }])
})

test('giving up less than is known sets nothing back; a late segment below is kept', async () => {
  const streamId = await makeStream()
  for (const sequence of [0, 1, 2]) await recordSegment(database, segment(streamId, sequence))
  await giveUpSequences(database, { streamId, upTo: 1 })
  expect(await nextOf(streamId)).toBe(3)
  await giveUpSequences(database, { streamId, upTo: 5 })
  await recordSegment(database, segment(streamId, 4))
  expect(await nextOf(streamId)).toBe(6)
  expect(await findSegment(database, { streamId, sequence: 4 })).not.toBeNull()
})

test('noting a segment again changes nothing, nor opens a window that was closed', async () => {
  const streamId = await makeStream()
  await recordSegment(database, segment(streamId, 0))
  await advanceWindow(database, { streamId, windowIndex: 0, segmentCount: 1 })
  await recordSegment(database, segment(streamId, 0, { sha256: 'b'.repeat(64), durationMs: 9_000 }))
  expect(await findStream(database, streamId)).toMatchObject({
    windowOpen: false,
    windowFromMs: 2_000,
    lengthMs: 2_000,
  })
  expect(await findSegment(database, { streamId, sequence: 0 })).toMatchObject({ sha256: 'a'.repeat(64) })
})

test('a break of the clock is kept', async () => {
  const streamId = await makeStream()
  await recordSegment(database, segment(streamId, 0))
  await recordSegment(database, segment(streamId, 1, { discontinuity: true }))
  const kept = await listSegmentsBetween(database, { streamId, fromMs: 0, toMs: 4_000 })
  expect(kept.map(({ discontinuity }) => discontinuity)).toEqual([false, true])
})

test('a segment noted while a boundary was written keeps the next window open', async () => {
  const streamId = await makeStream()
  await recordSegment(database, segment(streamId, 0))
  const seen = { streamId, windowIndex: 0, segmentCount: 1 }
  await recordSegment(database, segment(streamId, 1))
  await advanceWindow(database, seen)
  expect(await findStream(database, streamId)).toMatchObject({ windowIndex: 1, windowOpen: true })
})

test('the highest sequence there is does not break the count', async () => {
  const streamId = await makeStream()
  const sequence = Number.MAX_SAFE_INTEGER
  await recordSegment(database, segment(streamId, sequence, { streamTimeMs: 0 }))
  expect(await nextOf(streamId)).toBe(0)
  await giveUpSequences(database, { streamId, upTo: sequence - 1 })
  expect(await nextOf(streamId)).toBe(sequence + 1)
})
