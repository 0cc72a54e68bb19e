import { RetriableError, type LogRecord } from '@streamkeeper/pipeline'
import fc from 'fast-check'
import { readBack } from './read-back.js'

/** A partition that keeps what came from `first` on, `perSecond` records a second. */
function partitionOf(first: number, end: number, perSecond: number) {
  const reads: number[] = []
  const at = (offset: number): number => Math.floor((offset * 1_000) / perSecond)
  const read = (_topic: string, _partition: number, from: bigint, limit: number): Promise<readonly LogRecord[]> => {
    reads.push(limit)
    const start = Math.max(first, Number(from))
    const length = Math.max(0, Math.min(limit, end - start))
    return Promise.resolve(
      Array.from({ length }, (_, n) => ({
        topic: 't',
        partition: 0,
        offset: BigInt(start + n),
        key: 'k',
        value: Buffer.alloc(0),
        headers: {},
        brokerAt: at(start + n),
      })),
    )
  }
  const bounds = () => Promise.resolve([{ partition: 0, first: BigInt(first), end: BigInt(end) }])
  return { read, bounds, reads, at }
}

async function offsetsOf(pages: AsyncIterable<readonly LogRecord[]>): Promise<{ offsets: number[]; largest: number }> {
  const offsets: number[] = []
  let largest = 0
  for await (const page of pages) {
    largest = Math.max(largest, page.length)
    for (const { offset } of page) offsets.push(Number(offset))
  }
  return { offsets, largest }
}

test('whatever a minute holds, each record of it comes once, in order, and never more than a page at once', async () => {
  const counts = fc.record({
    first: fc.integer({ min: 0, max: 50_000 }),
    kept: fc.integer({ min: 0, max: 90_000 }),
    perSecond: fc.integer({ min: 1, max: 2_000 }),
  })
  await fc.assert(
    fc.asyncProperty(counts, async ({ first, kept, perSecond }) => {
      const end = first + kept
      const log = partitionOf(first, end, perSecond)
      const since = log.at(end) - 60_000
      const place = { topic: 't', partition: 0, offset: BigInt(end) }
      const { offsets, largest } = await offsetsOf(readBack(log, place, since))
      const [start = end] = offsets
      expect(offsets).toEqual(Array.from({ length: end - start }, (_, n) => start + n))
      // All that is younger is there: what stands in front of it is older, or nothing is.
      expect(start === first || end === first || log.at(start) < since).toBe(true)
      expect(largest).toBeLessThanOrEqual(32_000)
      expect(log.reads.length).toBeLessThan(25)
    }),
    { numRuns: 15 },
  )
}, 60_000)

test('a log that is away on the way is an error, never a shorter minute', async () => {
  const log = partitionOf(0, 100_000, 4_000)
  const read: typeof log.read = (...args) =>
    log.reads.length === 9 ? Promise.reject(new RetriableError('away')) : log.read(...args)
  const place = { topic: 't', partition: 0, offset: 100_000n }
  await expect(offsetsOf(readBack({ ...log, read }, place, 0))).rejects.toThrow('away')
})
