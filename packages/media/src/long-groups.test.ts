import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { until } from '@streamkeeper/testkit'
import { createLiveDecoder, type LiveDecoder, type LiveDecoderOptions } from './live-decoder.js'
import { createSandbox } from './sandbox.js'
import type { DecodedSegment, MediaType, Picture, Segment } from './segment.js'
import { ffmpeg, makeFolder, makeSegments, toSegment } from '../test-support/make-segments.js'
import { cpuOf, report } from '../test-support/ordinary-user.js'

const run = promisify(execFile)
const sandbox = createSandbox()
const source = (seconds: number): string[] => ['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=25', '-t', String(seconds)]
/** The last `-force_key_frames` counts: a keyframe at these seconds only. */
const keyframesAt = (...seconds: number[]): string[] => ['-g', '9999', '-force_key_frames', seconds.join(',')]
const anywhere = ['-break_non_keyframes', '1']

const open: LiveDecoder[] = []
function decoder(more: Partial<LiveDecoderOptions> = {}): LiveDecoder {
  const one = createLiveDecoder({ streamId: 'a', mediaType: 'video/mp2t', sandbox, ...more })
  open.push(one)
  return one
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
}, 60_000)

async function feedAll(one: LiveDecoder, segments: readonly Segment[]): Promise<DecodedSegment[]> {
  const results: DecodedSegment[] = []
  for (const segment of segments) results.push(await one.feed(segment))
  return results
}

const timesOf = (results: readonly DecodedSegment[]): unknown[] =>
  results.map((one) => (one.outcome === 'decoded' ? one.pictures.map((p) => p.streamTimeMs) : one.reason))

const isSparse = (pids: readonly number[]): boolean =>
  pids.some((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('nokey'))

/** The same picture as ffmpeg by itself has it. */
async function referenceAt(segments: readonly Segment[], ms: number): Promise<Buffer> {
  const words = ['-v', 'error', '-f', 'mpegts', '-i', 'pipe:0', '-vf', `select='eq(n,${ms / 40})'`, '-frames:v', '1']
  const child = run('ffmpeg', [...words, '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'], { encoding: 'buffer' })
  child.child.stdin?.on('error', () => undefined)
  child.child.stdin?.end(Buffer.concat(segments.map(({ bytes }) => bytes)))
  return (await child).stdout
}

function differ(one: Buffer, other: Buffer): number {
  return one.reduce((sum, value, at) => sum + Math.abs(value - (other[at] ?? 0)), 0) / one.length
}

const pictureOf = (result: DecodedSegment | undefined): Picture => {
  const picture = result?.outcome === 'decoded' ? result.pictures[0] : undefined
  if (picture === undefined) throw new Error(JSON.stringify(result))
  return picture
}

let endless: Segment[]
beforeAll(async () => {
  endless = await makeSegments(source(20), ['-bf', '0', ...keyframesAt(0), ...anywhere])
}, 60_000)

test('a stream with one keyframe for ever: 10 s without are said, then a right picture each interval', async () => {
  const one = decoder()
  const results = await feedAll(one, endless.slice(0, 5))
  const dark = ['no-keyframe', 'no-keyframe', 'no-keyframe']
  expect(timesOf(results)).toEqual([[0], ...dark, [8000]])
  const [before, began] = [cpuOf(one.pids), performance.now()]
  results.push(...(await feedAll(one, endless.slice(5))))
  expect(timesOf(results)).toEqual([[0], ...dark, [8000], [10_000], [12_000], [14_000], [16_000], [18_000]])
  const cpu = (cpuOf(one.pids) - before) / 10
  report(
    `full decode of 320x180: ${cpu.toFixed(1)} ms CPU a stream-second, ${Math.round(performance.now() - began)} ms`,
  )
  for (const result of [results[4], results[9]]) {
    const picture = pictureOf(result)
    expect(differ(picture.rgb, await referenceAt(endless, picture.streamTimeMs))).toBeLessThan(2)
    expect(differ(picture.rgb, pictureOf(results[0]).rgb)).toBeGreaterThan(5)
  }
}, 60_000)

test('pictures out of order (B) and segments that are fed at once give the same', async () => {
  const reordered = await makeSegments(source(16), ['-preset', 'veryfast', '-bf', '3', ...keyframesAt(0), ...anywhere])
  const one = decoder()
  const all = reordered.map((segment) => one.feed(segment))
  await one.close()
  const results = await Promise.all(all)
  expect(timesOf(results).slice(0, 4)).toEqual([[0], 'no-keyframe', 'no-keyframe', 'no-keyframe'])
  for (const result of results.slice(4, 8)) {
    const picture = pictureOf(result)
    // A picture that is shown behind the first one of the next segment counts for that one.
    expect(Math.abs(picture.streamTimeMs - result.sequence * 2000)).toBeLessThanOrEqual(200)
  }
}, 60_000)

test('keyframes that are frequent again end the full decode, at one of them, without a gap', async () => {
  const mixed = await makeSegments(source(30), [
    '-bf',
    '0',
    ...keyframesAt(0, 14, 16, 18, 20, 22, 24, 26, 28),
    ...anywhere,
  ])
  const one = decoder()
  const modes: boolean[] = []
  const results: DecodedSegment[] = []
  for (const segment of mixed) {
    results.push(await one.feed(segment))
    modes.push(isSparse(one.pids))
  }
  expect(modes).toEqual(mixed.map(({ streamTimeMs }) => streamTimeMs < 8000 || streamTimeMs >= 24_000))
  expect(timesOf(results).slice(4)).toEqual(mixed.slice(4).map(({ streamTimeMs }) => [streamTimeMs]))
}, 60_000)

test('who comes in behind the keyframe gets told so at once, and pictures from the next one on', async () => {
  const late = await makeSegments(source(24), ['-bf', '0', ...keyframesAt(0, 18), ...anywhere])
  const one = decoder()
  const began = performance.now()
  const results = await feedAll(one, late.slice(1, 9))
  expect(performance.now() - began).toBeLessThan(8000)
  expect(new Set(timesOf(results))).toEqual(new Set(['no-keyframe']))
  expect(results.at(-1)).toMatchObject({ detail: 'no keyframe in it, and none in reach to begin at' })
  expect(timesOf(await feedAll(one, late.slice(9)))).toEqual([[18_000], [20_000], [22_000]])
}, 60_000)

test('a full decoder that is killed begins again at the keyframe, and no segment is lost', async () => {
  const one = decoder()
  await feedAll(one, endless.slice(0, 6))
  const killed = await until(() => one.pids[1], { what: 'decoder' })
  const rest = endless.slice(6).map((segment) => one.feed(segment))
  process.kill(killed, 'SIGKILL')
  const results = await Promise.all(rest)
  expect(timesOf(results)).toEqual([[12_000], [14_000], [16_000], [18_000]])
  const picture = pictureOf(results[3])
  expect(differ(picture.rgb, await referenceAt(endless, 18_000))).toBeLessThan(2)
}, 60_000)

test.each<[MediaType, string, string[]]>([
  ['video/mp4', 'long.mp4', ['-c:v', 'libx264', '-g', '9999', '-movflags', 'frag_keyframe+empty_moov']],
  ['video/x-matroska', 'long.mkv', ['-c:v', 'libx264', '-g', '9999', '-sc_threshold', '0']],
  ['video/x-matroska', 'vp9.mkv', ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '9999']],
])(
  '%s: a segment of 12 s with one keyframe is decoded in full: %s',
  async (mediaType, name, codec) => {
    const file = join(await makeFolder(), name)
    await ffmpeg([...source(12), ...codec, file])
    const segment = { ...toSegment(await readFile(file)), durationMs: 12_000 }
    expect(timesOf([await decoder({ mediaType }).feed(segment)])).toEqual([[0, 2000, 4000, 6000, 8000, 10_000]])
  },
  60_000,
)
