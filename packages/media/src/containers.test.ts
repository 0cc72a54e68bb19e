import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '@streamkeeper/testkit'
import { createLiveDecoder, type LiveDecoder, type LiveDecoderOptions } from './live-decoder.js'
import { createSandbox } from './sandbox.js'
import type { DecodedSegment, MediaType, Segment } from './segment.js'
import { ffmpeg, makeFolder, makeSegments, toSegment } from '../test-support/make-segments.js'

const sandbox = createSandbox()
const source = (seconds: number, size = '320x180'): string[] => {
  return ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=25`, '-t', String(seconds)]
}
const codecs = {
  'H.264': ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '0'],
  'H.264 with B': ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3'],
  HEVC: ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error:open-gop=0:bframes=0'],
  'HEVC with B': ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error:open-gop=0:bframes=3'],
}
type Codec = keyof typeof codecs
const all = Object.keys(codecs) as Codec[]

const open: LiveDecoder[] = []
function decoder(mediaType: MediaType, more: Partial<LiveDecoderOptions> = {}): LiveDecoder {
  const one = createLiveDecoder({ streamId: 'a', mediaType, sandbox, ...more })
  open.push(one)
  return one
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
}, 60_000)

const timesOf = (results: readonly DecodedSegment[]): unknown[] =>
  results.map((one) => (one.outcome === 'decoded' ? one.pictures.map((p) => p.streamTimeMs) : one))
const sizesOf = (results: readonly DecodedSegment[]): unknown[] =>
  results.map((one) => (one.outcome === 'decoded' ? one.pictures.map((p) => `${p.width}x${p.height}`) : one))

/** All at once, so that what a decoder holds back comes with the next; the end flushes the last. */
async function feedAll(one: LiveDecoder, segments: readonly Segment[]): Promise<DecodedSegment[]> {
  const results = segments.map((segment) => one.feed(segment))
  await one.close()
  return Promise.all(results)
}

/** Segments as a packager makes them: fragments on the clock of the stream, each behind the same head. */
async function makeFragments(codec: Codec, seconds: number, size?: string): Promise<Segment[]> {
  const folder = await makeFolder()
  const words = ['-g', '50', '-f', 'hls', '-hls_time', '2', '-hls_segment_type', 'fmp4', '-hls_list_size', '0']
  const names = ['-hls_segment_filename', join(folder, '%05d.m4s'), join(folder, 'list.m3u8')]
  await ffmpeg([
    ...source(seconds, size),
    '-pix_fmt',
    'yuv420p',
    ...codecs[codec],
    '-force_key_frames',
    'expr:gte(t,n_forced*2)',
    ...words,
    ...names,
  ])
  const head = await readFile(join(folder, 'init.mp4'))
  const files = (await readdir(folder)).filter((name) => name.endsWith('.m4s')).sort()
  const bodies = await Promise.all(files.map((name) => readFile(join(folder, name))))
  return bodies.map((body, sequence) => toSegment(Buffer.concat([head, body]), sequence))
}

const renumber = (segments: readonly (Segment | undefined)[], more: Partial<Segment> = {}): Segment[] =>
  segments.map((segment, sequence) => ({ ...toSegment(segment?.bytes ?? Buffer.alloc(0), sequence), ...more }))

test.each(all)(
  'MP4 fragments behind their head, %s: the first picture of each lies at its edge',
  async (codec) => {
    const segments = await makeFragments(codec, 6)
    expect(segments).toHaveLength(3)
    expect(timesOf(await feedAll(decoder('video/mp4'), segments))).toEqual([[0], [2000], [4000]])
  },
  60_000,
)

test('MP4: size, codec and head change from segment to segment', async () => {
  const [small] = await makeFragments('H.264', 2)
  const [large] = await makeFragments('HEVC', 2, '640x360')
  const results = await feedAll(decoder('video/mp4'), renumber([small, large, small, large], { discontinuity: true }))
  expect(timesOf(results)).toEqual([[0], [2000], [4000], [6000]])
  expect(sizesOf(results)).toEqual([['320x180'], ['640x360'], ['320x180'], ['640x360']])
}, 60_000)

test('MP4: a fragment without a keyframe, and one without its head, say so', async () => {
  const folder = await makeFolder()
  const words = ['-f', 'hls', '-hls_time', '2', '-hls_segment_type', 'fmp4', '-hls_flags', 'split_by_time']
  const names = ['-hls_segment_filename', join(folder, '%05d.m4s'), join(folder, 'list.m3u8')]
  await ffmpeg([...source(6), ...codecs['H.264'], '-g', '9999', ...words, ...names])
  const head = await readFile(join(folder, 'init.mp4'))
  const second = await readFile(join(folder, '00001.m4s'))
  const one = decoder('video/mp4')
  expect(await one.feed(toSegment(Buffer.concat([head, second]), 1))).toMatchObject({ reason: 'no-keyframe' })
  expect(await one.feed(toSegment(second, 2))).toMatchObject({ reason: 'decoder-failed' })
}, 60_000)

test('MP4: a decoder that is killed is run once more', async () => {
  const [segment] = await makeFragments('H.264', 2)
  const one = decoder('video/mp4')
  const result = one.feed(segment as Segment)
  process.kill(await until(() => one.pids[0], { what: 'decoder' }), 'SIGKILL')
  expect(timesOf([await result])).toEqual([[0]])
}, 60_000)

test.each(all)(
  'TS, %s: picture times, through the end of its clock of 33 bits',
  async (codec) => {
    // 2 ** 33 / 90,000 = 95,443.7 s: the clock begins again in the second segment.
    const segments = await makeSegments(source(8), [...codecs[codec], '-output_ts_offset', '95441'])
    const pids = new Set<number>()
    const one = decoder('video/mp2t')
    const fed = segments.map(async (segment) => {
      const result = await one.feed(segment)
      for (const pid of one.pids) pids.add(pid)
      return result
    })
    await one.close()
    expect(timesOf(await Promise.all(fed))).toEqual([[0], [2000], [4000], [6000]])
    expect(pids.size).toBeLessThanOrEqual(2)
  },
  60_000,
)

test('TS: size and codec change with a discontinuity whose clock begins anew', async () => {
  const [avc] = await makeSegments(source(2), codecs['H.264'])
  const [hevc] = await makeSegments(source(2, '640x360'), [...codecs.HEVC, '-output_ts_offset', '50000'])
  const [small] = await makeSegments(source(2, '160x90'), codecs.HEVC)
  const results = await feedAll(decoder('video/mp2t'), renumber([avc, hevc, small, avc, hevc], { discontinuity: true }))
  expect(timesOf(results)).toEqual([[0], [2000], [4000], [6000], [8000]])
  expect(sizesOf(results)).toEqual([['320x180'], ['640x360'], ['160x90'], ['320x180'], ['640x360']])
}, 60_000)

test('TS with HEVC: a decoder that is killed is replaced and no segment is lost', async () => {
  const segments = await makeSegments(source(8), codecs.HEVC)
  const one = decoder('video/mp2t')
  const first = await one.feed(segments[0] as Segment)
  const killed = await until(() => one.pids[1], { what: 'decoder' })
  const rest = segments.slice(1).map((segment) => one.feed(segment))
  process.kill(killed, 'SIGKILL')
  await one.close()
  expect(timesOf([first, ...(await Promise.all(rest))])).toEqual([[0], [2000], [4000], [6000]])
}, 60_000)

test('TS with HEVC: an endless group of pictures is decoded in full', async () => {
  const words = [
    '-c:v',
    'libx265',
    '-preset',
    'ultrafast',
    '-x265-params',
    'log-level=error:bframes=0:scenecut=0:keyint=-1',
  ]
  const cut = ['-g', '9999', '-force_key_frames', '0', '-break_non_keyframes', '1']
  const segments = await makeSegments(source(14), [...words, ...cut])
  const results = await feedAll(decoder('video/mp2t'), segments.slice(0, 7))
  const reasons = results.slice(1, 4).map((one) => (one.outcome === 'failed' ? one.reason : one.outcome))
  expect(reasons).toEqual(['no-keyframe', 'no-keyframe', 'no-keyframe'])
  expect(timesOf([results[0], ...results.slice(4)] as DecodedSegment[])).toEqual([[0], [8000], [10_000], [12_000]])
}, 60_000)

test.each<[MediaType, string, string[]]>([
  ['video/mp4', 'av1.mp4', ['-c:v', 'libsvtav1', '-preset', '12', '-g', '50']],
  ['video/mp4', 'vp9.mp4', ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '50']],
  ['video/x-matroska', 'av1.mkv', ['-c:v', 'libsvtav1', '-preset', '12', '-g', '50']],
  ['video/x-matroska', 'hevc.mkv', [...codecs.HEVC, '-g', '50']],
])(
  '%s: %s',
  async (mediaType, name, codec) => {
    const file = join(await makeFolder(), name)
    const fragments = mediaType === 'video/mp4' ? ['-movflags', 'frag_keyframe+empty_moov'] : []
    await ffmpeg([...source(4), '-pix_fmt', 'yuv420p', ...codec, ...fragments, file])
    const segment = { ...toSegment(await readFile(file), 1), durationMs: 4000 }
    expect(timesOf([await decoder(mediaType).feed(segment)])).toEqual([[2000, 4000]])
  },
  60_000,
)
