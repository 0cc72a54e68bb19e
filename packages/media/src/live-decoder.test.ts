import { fileURLToPath } from 'node:url'
import { until } from '@streamkeeper/testkit'
import { filmPath } from './film-path.js'
import { createLiveDecoder, type LiveDecoder, type LiveDecoderOptions } from './live-decoder.js'
import { createSandbox } from './sandbox.js'
import type { DecodedSegment, MediaType, Segment } from './segment.js'
import { ffmpeg, makeFolder, makeSegments, toSegment } from '../test-support/make-segments.js'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const film = fileURLToPath(filmPath)
const sandbox = createSandbox()
const open: LiveDecoder[] = []

function decoder(more: Partial<LiveDecoderOptions> = {}): LiveDecoder {
  const one = createLiveDecoder({ streamId: 'a', mediaType: 'video/mp2t', sandbox, ...more })
  open.push(one)
  return one
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
}, 60_000)

function timesOf(results: readonly DecodedSegment[]): unknown[] {
  return results.map((one) => (one.outcome === 'decoded' ? one.pictures.map((p) => p.streamTimeMs) : one.reason))
}

let segments: Segment[]
beforeAll(async () => {
  segments = await makeSegments(['-stream_loop', '3', '-i', film, '-an'], ['-bf', '0'])
}, 60_000)

test('every segment of the film gives its first picture at the edge, from one process', async () => {
  const one = decoder()
  const results = []
  const pids = new Set<number>()
  for (const segment of segments) {
    results.push(await one.feed(segment))
    for (const pid of one.pids) pids.add(pid)
  }
  expect(timesOf(results)).toEqual(segments.map(({ streamTimeMs }) => [streamTimeMs]))
  expect(pids.size).toBe(2)
  const [first] = results
  if (first?.outcome !== 'decoded') throw new Error('not decoded')
  expect(first.pictures[0]).toMatchObject({ width: 1280, height: 720 })
  expect(first.pictures[0]?.rgb).toHaveLength(1280 * 720 * 3)
}, 60_000)

test('a stream with pictures out of order (B) gives the same, fed at once', async () => {
  const reordered = await makeSegments(['-stream_loop', '1', '-i', film, '-an'], ['-preset', 'veryfast', '-bf', '3'])
  const one = decoder()
  const all = reordered.map((segment) => one.feed(segment))
  await one.close()
  expect(timesOf(await Promise.all(all))).toEqual(reordered.map(({ streamTimeMs }) => [streamTimeMs]))
}, 60_000)

test('segments out of order and a loop whose clock starts again keep their own times', async () => {
  const [a, b, c] = segments as [Segment, Segment, Segment]
  const order = [b, a, c, { ...a, sequence: 3, streamTimeMs: 6000 }, { ...a, sequence: 4, streamTimeMs: 8000 }]
  const one = decoder()
  const results = await Promise.all(order.map((segment) => one.feed(segment)))
  expect(results.map(({ sequence }) => sequence)).toEqual([1, 0, 2, 3, 4])
  expect(timesOf(results)).toEqual([[2000], [0], [4000], [6000], [8000]])
}, 60_000)

test('a decoder that is killed in the middle is replaced and no segment is lost', async () => {
  const one = decoder()
  const first = await one.feed(segments[0] as Segment)
  const killed = await until(() => one.pids[1], { what: 'decoder' })
  const rest = segments.slice(1).map((segment) => one.feed(segment))
  process.kill(killed, 'SIGKILL')
  expect(timesOf([first, ...(await Promise.all(rest))])).toEqual(segments.map(({ streamTimeMs }) => [streamTimeMs]))
  expect(one.pids).not.toContain(killed)
}, 60_000)

test('a picture size that changes in the stream is kept as it is', async () => {
  const small = await makeSegments(['-i', film, '-t', '2', '-an'], ['-s', '404x720'])
  const large = await makeSegments(['-i', film, '-t', '2', '-an'], ['-s', '1920x1080'])
  const list = [segments[0], small[0], large[0], segments[1]].map((segment, sequence) =>
    toSegment((segment as Segment).bytes, sequence),
  )
  const one = decoder()
  const results = await Promise.all(list.map((segment) => one.feed(segment)))
  const sizes = results.map((r) =>
    r.outcome === 'decoded' ? r.pictures.map((p) => `${p.width}x${p.height}`) : r.reason,
  )
  expect(sizes).toEqual([['1280x720'], ['404x720'], ['1280x720'], ['1280x720']])
}, 60_000)

test.each<[MediaType, string, string[]]>([
  ['video/mp4', 'clip.mp4', ['-c:v', 'libx264', '-g', '25', '-movflags', 'frag_keyframe+empty_moov+default_base_moof']],
  ['video/x-matroska', 'clip.mkv', ['-c:v', 'libx264', '-g', '25']],
  [
    'video/x-matroska',
    'vp9.mkv',
    ['-c:v', 'libvpx-vp9', '-s', '320x180', '-deadline', 'realtime', '-cpu-used', '8', '-g', '25'],
  ],
])(
  '%s in segments: %s',
  async (mediaType, name, codec) => {
    const file = join(await makeFolder(), name)
    await ffmpeg(['-i', film, '-an', '-t', '5', ...codec, file])
    const one = decoder({ mediaType, intervalMs: 1000 })
    const segment = { ...toSegment(await readFile(file), 3), durationMs: 5000 }
    expect(timesOf([await one.feed(segment)])).toEqual([[6000, 7000, 8000, 9000, 10_000]])
  },
  60_000,
)

test('zeros are failed at once and the next segment is decoded', async () => {
  const long = await makeSegments(['-i', film, '-an', '-t', '4'], ['-bf', '0'])
  const bytes = (long[0] as Segment).bytes
  const one = decoder({ silenceMs: 500 })
  const garbage = await one.feed(toSegment(Buffer.alloc(5000), 0))
  expect(garbage).toMatchObject({ outcome: 'failed', reason: 'decoder-failed' })
  expect(await one.feed(toSegment(bytes, 1))).toMatchObject({ outcome: 'decoded' })
}, 60_000)
