import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { createInspector } from './inspect-segment.js'
import { createLiveDecoder } from './live-decoder.js'
import { readMatroskaTimes } from './matroska-times.js'
import { readMp4Times } from './mp4-times.js'
import { areCrowded, MOST_TIMES } from './picture-clock.js'
import { createSandbox } from './sandbox.js'
import { MISTIMED } from './segment-inspection.js'
import type { DecodedSegment, MediaType } from './segment.js'
import { ffprobePackets } from '../test-support/ffprobe-packets.js'
import { overwrite, u32 } from '../test-support/hostile/boxes.js'
import { ffmpeg, makeFolder, toSegment } from '../test-support/make-segments.js'

let folder: string
beforeAll(async () => (folder = await makeFolder()))

const source = '-f lavfi -i testsrc2=s=96x64:r=25:d=6 -pix_fmt yuv420p -g 50'
const codecs = {
  vp9: '-c:v libvpx-vp9 -deadline realtime -cpu-used 8',
  av1: '-c:v libsvtav1 -preset 12 -svtav1-params keyint=49',
  h264: '-c:v libx264 -preset veryfast -bf 2 -sc_threshold 0',
}
const fragmented = '-movflags frag_keyframe+empty_moov'
const inFront = '-movflags faststart'

async function make(name: string, words: string): Promise<{ path: string; bytes: Buffer }> {
  const path = join(folder, name)
  await ffmpeg([...words.split(' ').filter((word) => word !== ''), path])
  return { path, bytes: await readFile(path) }
}

const typeOf = (name: string): MediaType => (name.endsWith('mp4') ? 'video/mp4' : 'video/x-matroska')
const timesOf = (name: string, bytes: Buffer): number[] =>
  typeOf(name) === 'video/mp4' ? readMp4Times(bytes) : readMatroskaTimes(bytes)
const long = (bytes: Buffer) => ({ ...toSegment(bytes), durationMs: 6000 })

async function decode(name: string, bytes: Buffer): Promise<DecodedSegment> {
  const decoder = createLiveDecoder({ streamId: 'a', mediaType: typeOf(name), sandbox: createSandbox() })
  const result = decoder.feed(long(bytes))
  await decoder.close()
  return result
}

test.each<[string, keyof typeof codecs, string]>([
  ['vp9.webm', 'vp9', ''],
  ['vp9.mp4', 'vp9', inFront],
  ['vp9-fragments.mp4', 'vp9', fragmented],
  ['vp9-whole-fragments.mp4', 'vp9', `${fragmented}+default_base_moof`],
  ['av1.mkv', 'av1', ''],
  ['h264.mkv', 'h264', ''],
  ['h264.mp4', 'h264', inFront],
  ['h264-fragments.mp4', 'h264', fragmented],
])(
  '%s: the times that are read are those of a demuxer, and its pictures are looked at',
  async (name, codec, more) => {
    const { bytes } = await make(name, `${source} ${codecs[codec]} ${more}`)
    const first = (times: readonly number[]): number[] => times.map((time) => Math.round(time - (times[0] ?? 0)))
    const format = typeOf(name) === 'video/mp4' ? 'mov' : 'matroska'
    const shown = ffprobePackets(bytes, format).map(({ seconds }) => seconds * 1000)
    expect(shown.length).toBe(150)
    expect(first(timesOf(name, bytes))).toEqual(first(shown))
    expect(createInspector(typeOf(name))(long(bytes))?.refused).toBeUndefined()
    const result = await decode(name, bytes)
    expect(result.outcome).toBe('decoded')
    expect(result.outcome === 'decoded' ? result.pictures.length : 0).toBeGreaterThanOrEqual(3)
  },
  60_000,
)

test.each(['crowd.webm', 'crowd.mp4', 'crowd-fragments.mp4'])(
  '%s: pictures that are crowded into a tenth of a second, at unequal times, are told as not looked at',
  async (name) => {
    const whole = await make(`whole-${name}.webm`, `${source} ${codecs.vp9}`)
    const more = name.includes('fragments') ? fragmented : name.endsWith('mp4') ? inFront : ''
    const times = '-bsf:v setts=ts=if(lt(N\\,149)\\,N+gte(N\\,70)*20\\,5960)'
    const { bytes } = await make(name, `-i ${whole.path} -c copy ${times} ${more}`)
    expect(await decode(name, bytes)).toEqual({
      sequence: 0,
      outcome: 'failed',
      reason: 'decoder-failed',
      detail: MISTIMED,
    })
  },
  60_000,
)

test('crowded is what nobody can see: not slow motion, not a few at once, not a clock that is rounded', () => {
  const each = (ms: number, count: number): number[] => Array.from({ length: count }, (_, at) => at * ms)
  expect(areCrowded(each(1000 / 240, 1000))).toBe(false)
  expect(areCrowded(each(4, 1000))).toBe(false)
  expect(areCrowded([...each(40, 100), 1000, 1000, 1001, 1001, 1002])).toBe(false)
  expect(areCrowded(each(1, 50))).toBe(true)
  expect(areCrowded([...each(40, 100), ...each(1, 50).map((ms) => 5000 + ms)])).toBe(true)
  expect(areCrowded(each(0, 9))).toBe(true)
  expect(areCrowded([])).toBe(false)
  const times = fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 60 })
  fc.assert(
    fc.property(times, (some) => {
      const inOrder = [...some].sort((one, other) => one - other)
      const pairs = inOrder.flatMap((from, at) => inOrder.slice(at).map((to, more) => more - (to - from) * 0.3))
      // A sum of the same parts in another order is not the same to the last digit.
      const most = Math.max(0, ...pairs)
      return Math.abs(most - 8) < 1e-6 || areCrowded(some) === most >= 8
    }),
  )
})

test('times are read from any bytes, and never more of them than there is room for', async () => {
  const { bytes: mkv } = await make('any.webm', `${source} ${codecs.vp9}`)
  const { bytes: mp4 } = await make('any.mp4', `${source} ${codecs.vp9} ${inFront}`)
  const { bytes: parts } = await make('parts.mp4', `${source} ${codecs.vp9} ${fragmented}`)
  const changes = fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(fc.constantFrom(mkv, mp4, parts), changes, (good, flips) => {
      const copy = Buffer.from(good)
      for (const [at, value] of flips) copy[at % copy.length] = value
      return readMatroskaTimes(copy).length <= MOST_TIMES + 256 && readMp4Times(copy).length <= 2 * MOST_TIMES
    }),
    { numRuns: 500 },
  )
  const many = u32(0xffffffff)
  expect(readMp4Times(overwrite(mp4, 'stts', 8, many))).toHaveLength(MOST_TIMES + 1)
  // Tables that end too early.
  expect(readMp4Times(overwrite(mp4, 'stts', 4, many))).toEqual([])
  expect(readMp4Times(overwrite(parts, 'trun', 4, many)).length).toBeLessThan(60)
  // A lace of 256 pictures in each block: four bytes of it are enough.
  const laces = Array.from({ length: 10_000 }, () => Buffer.from('a3858100000600ff', 'hex').fill(0xff, 7))
  const laced = Buffer.concat([Buffer.from('1654ae6b85ae83d78101', 'hex'), Buffer.from('838101', 'hex'), ...laces])
  expect(readMatroskaTimes(laced).length).toBeLessThanOrEqual(MOST_TIMES + 256)
  expect(areCrowded(Array.from({ length: MOST_TIMES + 1 }, (_, at) => at * 1000))).toBe(true)
})
