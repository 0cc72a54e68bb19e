import { until } from '@streamkeeper/testkit'
import { createLiveDecoder, type LiveDecoder, type LiveDecoderOptions } from './live-decoder.js'
import { createSandbox } from './sandbox.js'
import type { DecodedSegment, MediaType, Segment } from './segment.js'
import {
  asUnknown,
  encodings,
  makeStream,
  moveClock,
  type Encoding,
  type Stream,
} from '../test-support/make-fragments.js'
import { toSegment } from '../test-support/make-segments.js'

const sandbox = createSandbox()
const open: LiveDecoder[] = []
/** Nothing that is held back is ever got by silence here. */
function decoder(mediaType: MediaType = 'video/mp4', more: Partial<LiveDecoderOptions> = {}): LiveDecoder {
  const one = createLiveDecoder({ streamId: 'a', mediaType, sandbox, silenceMs: 100_000, ...more })
  open.push(one)
  return one
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
}, 60_000)

const timesOf = (results: readonly DecodedSegment[]): unknown[] =>
  results.map((one) => (one.outcome === 'decoded' ? one.pictures.map((p) => p.streamTimeMs) : one.reason))

interface Fed {
  readonly results: DecodedSegment[]
  readonly pids: ReadonlySet<number>
}

/** Each is answered before the next one is there. */
async function feedSlowly(one: LiveDecoder, segments: readonly Segment[]): Promise<Fed> {
  const results: DecodedSegment[] = []
  const pids = new Set<number>()
  for (const segment of segments) {
    results.push(await one.feed(segment))
    for (const pid of one.pids) pids.add(pid)
  }
  return { results, pids }
}

async function feedAtOnce(one: LiveDecoder, segments: readonly Segment[]): Promise<DecodedSegment[]> {
  const results = segments.map((segment) => one.feed(segment))
  await one.close()
  return Promise.all(results)
}

const renumber = (segments: readonly (Segment | undefined)[], more: Partial<Segment> = {}): Segment[] =>
  segments.map((segment, sequence) => ({ ...toSegment(segment?.bytes ?? Buffer.alloc(0), sequence), ...more }))

/** Keyframes each 400 ms, all of them wanted. */
const often = { intervalMs: 400 }
const streams = {} as Record<Encoding, Stream>
const all = Object.keys(encodings) as Encoding[]
beforeAll(async () => {
  for (const encoding of all) streams[encoding] = await makeStream(encoding, 6, { group: 10 })
}, 240_000)

test.each(all)(
  '%s: the pictures and times of the way a segment by itself goes, and of MPEG-TS, from one process, each at once',
  async (encoding) => {
    const { mp4, ts } = streams[encoding]
    const { results, pids } = await feedSlowly(decoder('video/mp4', often), mp4)
    expect(pids.size).toBe(2)
    expect(timesOf(results).map((times) => (times as number[]).length)).toEqual([5, 5, 5])
    const packets = await feedAtOnce(decoder('video/mp2t', often), ts)
    expect(results).toEqual(packets)
    const singly = await feedAtOnce(decoder('video/mp4', often), mp4.map(asUnknown))
    // Alone, a segment counts from the picture that is shown first, not from the keyframe that it begins with.
    if (encoding.includes('open')) expect(pixelsOf(results)).toEqual(pixelsOf(singly))
    else expect(results).toEqual(singly)
  },
  120_000,
)

const pixelsOf = (results: readonly DecodedSegment[]): Buffer[] =>
  results.flatMap((one) => (one.outcome === 'decoded' ? one.pictures.map(({ rgb }) => rgb) : []))

test.each<[string, bigint]>([
  // 12,800 ticks a second here; 2 ** 33 / 90,000 = 95,443.7 s lies in the second segment.
  ['through the end of a clock of 33 bits', 95_441n * 12_800n],
  ['through the end of 32 bits of its own', 2n ** 32n - 3n * 12_800n],
  ['in the year 2200', 230n * 365n * 86_400n * 12_800n],
])(
  'the clock runs %s: one process, no picture is out of its place',
  async (_, ticks) => {
    const { mp4 } = streams['H.264 with B']
    const { results, pids } = await feedSlowly(
      decoder(),
      mp4.map((segment) => moveClock(segment, ticks)),
    )
    expect(timesOf(results)).toEqual([[0], [2000], [4000]])
    expect(pids.size).toBe(2)
  },
  60_000,
)

test('a clock that jumps, begins again or runs back, and a break that is said, each have a decoder of their own', async () => {
  const [a, b, c] = streams['HEVC with B'].mp4 as [Segment, Segment, Segment]
  const day = 86_400n * 12_800n
  const list = renumber([a, b, moveClock(c, day), a, b, a, c])
  const said = list.map((segment) => (segment.sequence === 1 ? { ...segment, discontinuity: true } : segment))
  const { results, pids } = await feedSlowly(decoder(), said)
  expect(timesOf(results)).toEqual([[0], [2000], [4000], [6000], [8000], [10_000], [12_000]])
  // b is said to break, c is a day late, a begins again, b goes on, a begins again, c is one segment on.
  expect(pids.size).toBe(2 * 5)
  const together = decoder()
  const fed = await Promise.all(said.map((segment) => together.feed(segment)))
  expect(fed).toEqual(results)
}, 120_000)

test('another size, codec or configuration is a new decoder, the same head again is none', async () => {
  const [small] = streams['H.264'].mp4
  const [hevc] = streams.HEVC.mp4
  const [large] = (await makeStream('H.264', 2, { size: '320x180' })).mp4
  const { results, pids } = await feedSlowly(decoder(), renumber([small, large, hevc, small]))
  expect(timesOf(results)).toEqual([[0], [2000], [4000], [6000]])
  const widths = results.map((one) => (one.outcome === 'decoded' ? one.pictures[0]?.width : one))
  expect(widths).toEqual([160, 320, 160, 160])
  expect(pids.size).toBe(8)
}, 60_000)

test('what the reader does not understand goes its own way, and the decoder beside lives on', async () => {
  const [a, b, c] = streams['H.264 with B'].mp4 as [Segment, Segment, Segment]
  const cut = { ...b, bytes: b.bytes.subarray(0, -100) }
  const one = decoder()
  const first = await one.feed(a)
  const { pids } = one
  expect(timesOf([first, await one.feed(asUnknown(b)), await one.feed(c)])).toEqual([[0], [2000], [4000]])
  expect(one.pids).toEqual(pids)
  expect(timesOf([await one.feed({ ...cut, sequence: 3, streamTimeMs: 6000 })])).toEqual([[6000]])
  const zeros = toSegment(Buffer.alloc(5000), 4)
  expect(timesOf([await one.feed(zeros)])).toEqual(['decoder-failed'])
  expect(one.pids).toEqual(pids)
}, 60_000)

test.each<Encoding>(['H.264 with B', 'HEVC with B'])(
  '%s: a decoder that is killed costs no segment, and a new one lives on from the next',
  async (encoding) => {
    const { mp4 } = streams[encoding]
    const one = decoder()
    const first = await one.feed(mp4[0] as Segment)
    const killed = await until(() => one.pids[1], { what: 'decoder' })
    process.kill(killed, 'SIGKILL')
    const { results, pids } = await feedSlowly(one, mp4.slice(1))
    expect(timesOf([first, ...results])).toEqual([[0], [2000], [4000]])
    expect(pids.has(killed)).toBe(false)
    expect(one.pids).toHaveLength(2)
  },
  60_000,
)

test.each<Encoding>(['H.264', 'HEVC with B'])(
  '%s with one keyframe for ever is decoded in full, through a crash too, like MPEG-TS',
  async (encoding) => {
    const { mp4, ts } = await makeStream(encoding, 16, { group: 'endless' })
    const live = decoder('video/mp4', { silenceMs: 2000 })
    const fed = mp4.slice(0, 7).map((segment) => live.feed(segment))
    await fed[4]
    // The process that runs on, or the one for a segment that it held back: either may be there.
    process.kill(await until(() => live.pids[1], { what: 'decoder' }), 'SIGKILL')
    const results = await Promise.all(fed)
    await live.close()
    const dark = ['no-keyframe', 'no-keyframe', 'no-keyframe']
    expect(timesOf(results).slice(0, 4)).toEqual([[0], ...dark])
    const packets = await feedAtOnce(decoder('video/mp2t', { silenceMs: 2000 }), ts.slice(0, 7))
    for (const [at, result] of results.entries()) {
      if (at >= 1 && at < 4) continue
      const [picture, other] = [result, packets[at]].map((one) => (one?.outcome === 'decoded' ? one.pictures[0] : one))
      if (picture === undefined || !('rgb' in picture)) throw new Error(JSON.stringify(result))
      // Fragments are cut by the time of decoding, so one that is shown at the edge may lie in the segment before.
      expect(Math.abs(picture.streamTimeMs - 2000 * Math.round(picture.streamTimeMs / 2000))).toBeLessThanOrEqual(200)
      expect(Math.abs(picture.streamTimeMs - at * 2000)).toBeLessThan(2000)
      if (encoding === 'H.264') expect(picture).toEqual(other)
    }
  },
  120_000,
)
