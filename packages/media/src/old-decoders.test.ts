import { createLiveDecoder, type LiveDecoder, type LiveDecoderOptions } from './live-decoder.js'
import { createSandbox } from './sandbox.js'
import type { DecodedSegment, Segment } from './segment.js'
import { box } from '../test-support/hostile/boxes.js'
import { makeStream, moveClock, type Stream } from '../test-support/make-fragments.js'

/** What a decoder of MP4 notes of each picture is bounded: it is replaced when it is old. 50 pictures a segment here. */
const sandbox = createSandbox()

interface Fed {
  readonly results: DecodedSegment[]
  /** How many decoders it took. */
  readonly lives: number
}

async function feedSlowly(segments: readonly Segment[], more: Partial<LiveDecoderOptions> = {}): Promise<Fed> {
  const one: LiveDecoder = createLiveDecoder({ streamId: 'a', mediaType: 'video/mp4', sandbox, ...more })
  const results: DecodedSegment[] = []
  const pids = new Set<number>()
  for (const segment of segments) {
    results.push(await one.feed(segment))
    for (const pid of one.pids) pids.add(pid)
  }
  await one.close()
  return { results, lives: pids.size / 2 }
}

const wordsOf = (results: readonly DecodedSegment[]): unknown[] =>
  results.map((one) => (one.outcome === 'decoded' ? one.pictures.map((p) => p.streamTimeMs) : one.reason))

let usual: Stream
let endless: Stream
beforeAll(async () => {
  usual = await makeStream('H.264 with B', 12)
  endless = await makeStream('H.264', 20, { group: 'endless' })
}, 60_000)

test('with keyframes in each segment: the same pictures from more decoders', async () => {
  const young = await feedSlowly(usual.mp4)
  const old = await feedSlowly(usual.mp4, { maxNoted: 100 })
  expect([young.lives, old.lives]).toEqual([1, 3])
  expect(old.results).toEqual(young.results)
}, 60_000)

test('one keyframe for ever that is near enough: the new decoder begins there, and no picture is lost', async () => {
  const young = await feedSlowly(endless.mp4)
  const old = await feedSlowly(endless.mp4, { maxNoted: 350 })
  // In full from the fifth segment on; old with the seventh and, since it went through all again, with each one after.
  expect([young.lives, old.lives]).toEqual([2, 5])
  expect(old.results).toEqual(young.results)
}, 60_000)

test('one keyframe for ever that is out of reach: ten times as old, then what is not seen is named until a keyframe comes', async () => {
  const [first] = endless.mp4 as [Segment]
  // More than is held for a run-up: the keyframe is forgotten.
  const heavy = Buffer.concat([(endless.mp4[5] as Segment).bytes, box('free', Buffer.alloc(17 * 2 ** 20))])
  const stream = endless.mp4.map((segment, at) => (at === 5 ? { ...segment, bytes: heavy } : segment))
  const again = { ...moveClock(first, 20n * 12_800n), sequence: 10, streamTimeMs: 20_000 }
  const { results, lives } = await feedSlowly([...stream, again], { maxNoted: 40 })
  const dark = ['no-keyframe', 'no-keyframe', 'no-keyframe']
  // Four segments in front and four more are 400 pictures.
  expect(wordsOf(results)).toEqual([[0], ...dark, [8000], [10_000], [12_000], [14_000], ...dark.slice(1), [20_000]])
  expect(results[8]).toMatchObject({ detail: 'no keyframe in it, and none in reach to begin at' })
  expect(lives).toBeGreaterThanOrEqual(3)
}, 60_000)

test('a full decode of MPEG-TS notes nothing, and lives on', async () => {
  const { results, lives } = await feedSlowly(endless.ts, { mediaType: 'video/mp2t', maxNoted: 220 })
  // Four segments of keyframes are 200 pictures, the full decode has 500.
  expect(wordsOf(results).slice(-2)).toEqual([[16_000], [18_000]])
  expect(lives).toBe(2)
}, 60_000)
