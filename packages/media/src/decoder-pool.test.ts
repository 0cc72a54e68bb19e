import { readFileSync } from 'node:fs'
import { until } from '@streamkeeper/testkit'
import { createDecoderPool, type DecoderPool, type DecoderPoolOptions } from './decoder-pool.js'
import { createSandbox } from './sandbox.js'
import type { DecodedSegment, MediaType, Segment } from './segment.js'
import { makeStream, type Stream } from '../test-support/make-fragments.js'

const sandbox = createSandbox()
const containers: [MediaType, keyof Stream][] = [
  ['video/mp4', 'mp4'],
  ['video/mp2t', 'ts'],
]
const open: DecoderPool[] = []
function pool(more: Partial<DecoderPoolOptions> = {}): DecoderPool {
  const one = createDecoderPool({ sandbox, maxProcesses: 10, silenceMs: 2000, ...more })
  open.push(one)
  return one
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
}, 60_000)

const wordOf = (result: DecodedSegment): unknown =>
  result.outcome === 'decoded' ? result.pictures.map(({ streamTimeMs }) => streamTimeMs) : result.reason

const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    // No such process.
    return false
  }
}

let short: Stream
let endless: Stream
/** The endless one, with a keyframe again in its last segment. */
let late: Stream
beforeAll(async () => {
  short = await makeStream('H.264', 4)
  endless = await makeStream('H.264', 18, { group: 'endless' })
  const withKeyframe = (all: readonly Segment[]): Segment[] =>
    all.map((segment, at) => (at === 6 ? { ...segment, bytes: all[0]?.bytes ?? segment.bytes } : segment))
  late = { mp4: withKeyframe(endless.mp4), ts: withKeyframe(endless.ts) }
}, 60_000)

test.each(containers)(
  '%s: so many streams are decoded in full, the next one is told overload, is looked at at its keyframes, and gets its turn',
  async (mediaType, container) => {
    const one = pool({ maxFull: 1 })
    const feed = (streamId: string, segment: Segment | undefined): Promise<DecodedSegment> =>
      one.feed(streamId, mediaType, segment as Segment)
    const first: DecodedSegment[] = []
    const second: DecodedSegment[] = []
    for (let at = 0; at < 7; at += 1) {
      first.push(await feed('first', endless[container][at]))
      second.push(await feed('second', late[container][at]))
    }
    const dark = ['no-keyframe', 'no-keyframe', 'no-keyframe']
    expect(first.map(wordOf)).toEqual([[0], ...dark, [8000], [10_000], [12_000]])
    expect(second.map(wordOf)).toEqual([[0], ...dark, 'overload', 'overload', [12_000]])
    expect(second[5]).toMatchObject({ detail: 'no keyframe in it, and 1 streams are decoded in full' })
    await one.end('first')
    // From the keyframe at 12 s on, by the segments since.
    expect(wordOf(await feed('second', rooted(container, 7)))).toEqual([14_000])
  },
  60_000,
)

/** A segment that goes on from the one with the keyframe: the second of the stream, where the first stood in the seventh place. */
function rooted(container: keyof Stream, at: number): Segment {
  return { ...(endless[container][at - 6] as Segment), sequence: at, streamTimeMs: at * 2000 }
}

test('a stream that goes idle gives up its place', async () => {
  const one = pool({ maxFull: 1, idleMs: 300 })
  const feedAll = async (streamId: string): Promise<unknown[]> => {
    const words: unknown[] = []
    for (const segment of endless.mp4.slice(0, 6)) words.push(wordOf(await one.feed(streamId, 'video/mp4', segment)))
    return words.slice(4)
  }
  expect(await feedAll('first')).toEqual([[8000], [10_000]])
  await until(() => (one.size === 0 ? true : undefined), { what: 'the first is gone' })
  expect(await feedAll('second')).toEqual([[8000], [10_000]])
}, 60_000)

test.each(containers)(
  '%s: an idle decoder is ended, and comes back with the next segment',
  async (mediaType, container) => {
    const one = pool({ idleMs: 200 })
    const [a, b] = short[container] as [Segment, Segment]
    expect(wordOf(await one.feed('s', mediaType, a))).toEqual([0])
    const { pids } = one
    expect(pids).toHaveLength(2)
    await until(() => (one.size === 0 ? true : undefined), { what: 'no decoder' })
    expect(one.pids).toEqual([])
    expect(pids.filter(isAlive)).toEqual([])
    expect(wordOf(await one.feed('s', mediaType, b))).toEqual([2000])
    expect(one.pids).toHaveLength(2)
  },
  60_000,
)

test.each(containers)(
  '%s: never more decoders than are allowed, and every stream has its turn',
  async (mediaType, container) => {
    const one = pool({ maxProcesses: 2 })
    let most = 0
    const watch = setInterval(() => (most = Math.max(most, one.pids.length, 2 * one.size)), 5)
    const streams = Array.from({ length: 6 }, (_, at) => `s${at}`)
    const results = await Promise.all(
      streams.map(async (streamId) => {
        const answers: unknown[] = []
        for (const segment of short[container]) answers.push(wordOf(await one.feed(streamId, mediaType, segment)))
        return answers
      }),
    )
    clearInterval(watch)
    expect(results).toEqual(streams.map(() => [[0], [2000]]))
    // Two processes each: the walls and what is within.
    expect(most).toBe(4)
  },
  60_000,
)

test('too many that wait are turned away', async () => {
  const one = pool({ maxProcesses: 1, maxWaiting: 1 })
  const [a] = short.mp4 as [Segment]
  const fed = ['a', 'b', 'c'].map((streamId) => one.feed(streamId, 'video/mp4', a))
  const settled = await Promise.allSettled(fed)
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
}, 60_000)
