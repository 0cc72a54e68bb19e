import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { readFileSegments, type FileSegmentsOptions } from './file-segments.js'
import { filmPath } from './film-path.js'
import { Fragments } from './fragments.js'
import { createLiveDecoder } from './live-decoder.js'
import { createSandbox } from './sandbox.js'
import type { MediaType, Picture, Segment } from './segment.js'
import { overwrite, u32 } from '../test-support/hostile/boxes.js'
import { changeTimes } from '../test-support/hostile/packets.js'
import { ffmpeg, makeFolder } from '../test-support/make-segments.js'

const sandbox = createSandbox()
const film = fileURLToPath(filmPath)
const refused = { code: 'MEDIA_FILE_REFUSED' }
let folder: string
beforeAll(async () => (folder = await makeFolder()))

async function open(path: string, mediaType: MediaType, more: Partial<FileSegmentsOptions> = {}) {
  return readFileSegments(path, { sandbox, mediaType, size: (await stat(path)).size, ...more })
}

async function cut(path: string, mediaType: MediaType, more: Partial<FileSegmentsOptions> = {}): Promise<Segment[]> {
  const all: Segment[] = []
  for await (const segment of await open(path, mediaType, more)) all.push(segment)
  return all
}

async function make(name: string, words: string): Promise<string> {
  const path = join(folder, name)
  await ffmpeg([...words.split(' '), path])
  return path
}

async function decode(segments: readonly Segment[]): Promise<Picture[]> {
  const decoder = createLiveDecoder({ streamId: 'f', mediaType: 'video/mp4', sandbox })
  const pictures: Picture[] = []
  for (const segment of segments) {
    const decoded = await decoder.feed(segment)
    expect(decoded.outcome).toBe('decoded')
    if (decoded.outcome === 'decoded') pictures.push(...decoded.pictures)
  }
  await decoder.close()
  return pictures
}

/** Black until 6 s, then white. */
const source =
  '-f lavfi -i color=black:s=320x180:r=25:d=9 -vf geq=lum=if(gte(T\\,6)\\,235\\,16):cb=128:cr=128 -pix_fmt yuv420p'
const h264 = '-c:v libx264 -preset ultrafast -g 50 -sc_threshold 0'

test.each<[string, MediaType, string]>([
  ['h264.ts', 'video/mp2t', `${h264} -bf 2`],
  ['h264-head-at-the-end.mp4', 'video/mp4', `${h264} -bf 2`],
  ['h264.mkv', 'video/x-matroska', h264],
  ['hevc.mkv', 'video/x-matroska', '-c:v libx265 -preset ultrafast -x265-params log-level=error:keyint=50:scenecut=0'],
  ['vp9.mkv', 'video/x-matroska', '-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 50'],
])(
  '%s: every segment can be decoded alone, and pictures lie where they were',
  async (name, mediaType, codec) => {
    const segments = await cut(await make(name, `${source} ${codec}`), mediaType)
    const ends = segments.map(({ streamTimeMs, durationMs }) => streamTimeMs + durationMs)
    expect(segments.map(({ sequence }) => sequence)).toEqual([...segments.keys()])
    expect(segments.slice(1).map(({ streamTimeMs }) => streamTimeMs)).toEqual(ends.slice(0, -1))
    expect(Math.abs((ends.at(-1) ?? 0) - 9_000)).toBeLessThanOrEqual(40)
    const pictures = await decode(segments)
    expect(pictures.map(({ streamTimeMs }) => Math.round(streamTimeMs / 1000))).toEqual([0, 2, 4, 6, 8])
    expect(pictures.map(({ rgb }) => (rgb[0] ?? 0) > 128)).toEqual([false, false, false, true, true])
  },
  60_000,
)

test('bytes that come cut anywhere give the same segments', async () => {
  const bytes = (await cut(film, 'video/mp4')).reduce((all, one) => Buffer.concat([all, one.bytes]), Buffer.alloc(0))
  const push = (sizes: readonly number[]): Segment[] => {
    const fragments = new Fragments()
    const all: Segment[] = []
    for (let at = 0, n = 0; at < bytes.length; n += 1) {
      const size = sizes[n % sizes.length] ?? 1
      all.push(...fragments.push(bytes.subarray(at, at + size)))
      at += size
    }
    expect(fragments.whole).toBe(true)
    all.push(...fragments.end())
    return all.map((segment) => ({ ...segment, bytes: segment.bytes.subarray(-1_000) }))
  }
  const whole = push([bytes.length])
  expect(whole.length).toBeGreaterThan(0)
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 5 }), (sizes) =>
      expect(push([...sizes, 4_000])).toEqual(whole),
    ),
    { numRuns: 20 },
  )
}, 60_000)

test('whatever stands in boxes is segments or a RangeError', () => {
  const piece = fc.record({
    type: fc.constantFrom('ftyp', 'moov', 'moof', 'mdat', 'free'),
    body: fc.uint8Array({ maxLength: 60 }),
  })
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const fragments = new Fragments()
      try {
        for (const { type, body } of pieces) {
          const head = Buffer.alloc(8)
          head.writeUInt32BE(8 + body.length)
          head.write(type, 4, 'latin1')
          for (const { durationMs } of fragments.push(Buffer.concat([head, body])))
            expect(durationMs).toBeGreaterThan(0)
        }
      } catch (error) {
        expect(error).toMatchObject({ name: 'RangeError' })
      }
    }),
  )
})

test('a group of pictures of more than a minute is refused, a recording that stood still for an hour is not', async () => {
  const slow = '-f lavfi -i testsrc2=s=128x72:r=1:d=90 -c:v libx264 -preset ultrafast -pix_fmt yuv420p'
  await expect(cut(await make('long.mp4', `${slow} -g 999`), 'video/mp4')).rejects.toMatchObject({
    ...refused,
    message: expect.stringContaining('no keyframe'),
  })
  const pause = `-f lavfi -i testsrc2=s=128x72:r=25:d=4 -vf setpts=if(gte(N\\,50)\\,PTS+3600/TB\\,PTS) -fps_mode passthrough`
  const segments = await cut(await make('pause.mkv', `${pause} ${h264}`), 'video/x-matroska')
  expect(segments.map(({ streamTimeMs }) => Math.round(streamTimeMs / 1000))).toEqual([0, 3602])
  expect(segments[0]?.durationMs).toBe(60_000)
}, 60_000)

test('what is damaged, has no picture, gives too much or gives nothing is refused by name', async () => {
  const bytes = await readFile(film)
  const half = join(folder, 'half.mp4')
  await writeFile(half, bytes.subarray(0, 60))
  await expect(cut(half, 'video/mp4')).rejects.toMatchObject(refused)
  const sound = await make('sound.mp4', '-f lavfi -i sine=d=1 -c:a aac')
  await expect(cut(sound, 'video/mp4')).rejects.toMatchObject({ code: 'MEDIA_FILE_NO_VIDEO' })
  const list = join(folder, 'list.mp4')
  await writeFile(list, `#EXTM3U\n#EXTINF:2,\nfile://${film}\n`)
  await expect(cut(list, 'video/mp4')).rejects.toMatchObject(refused)
  const stuck = join(folder, 'stuck.sh')
  await writeFile(stuck, '#!/bin/sh\nexec sleep 100\n')
  await chmod(stuck, 0o755)
  const open = createSandbox({ unsandboxed: 'i-accept-the-risk', ffmpeg: stuck })
  await expect(cut(film, 'video/mp4', { sandbox: open, silenceMs: 100 })).rejects.toMatchObject({
    ...refused,
    message: 'nothing came for 100 ms',
  })
  const endless = createSandbox({ unsandboxed: 'i-accept-the-risk', ffmpeg: '/usr/bin/yes' })
  await expect(cut(film, 'video/mp4', { sandbox: endless })).rejects.toMatchObject(refused)
  const nothing = createSandbox({ unsandboxed: 'i-accept-the-risk', ffmpeg: join(folder, 'none') })
  await expect(cut(film, 'video/mp4', { sandbox: nothing })).rejects.toMatchObject(refused)
}, 60_000)

test('a second picture track is refused in every container, a cover is none', async () => {
  const two = `-f lavfi -i testsrc2=s=96x64:r=25:d=2 -map 0 -map 0 ${h264} -pix_fmt yuv420p`
  for (const [name, mediaType] of [
    ['two.ts', 'video/mp2t'],
    ['two.mp4', 'video/mp4'],
    ['two.mkv', 'video/x-matroska'],
  ] as const) {
    const cutting = cut(await make(name, two), mediaType)
    await expect(cutting).rejects.toMatchObject({ ...refused, message: 'several picture tracks' })
  }
  const cover = '-f lavfi -i testsrc2=s=96x64:r=25:d=2 -f lavfi -i color=red:s=64x64:d=1 -map 0 -map 1'
  const words = `${cover} -frames:v:1 1 -c:v:0 libx264 -c:v:1 mjpeg -disposition:v:1 attached_pic -pix_fmt:v:0 yuv420p`
  expect(await cut(await make('cover.mp4', words), 'video/mp4')).toHaveLength(1)
}, 60_000)

test('a long group of many pictures is one segment, of the whole group', async () => {
  const many = `-f lavfi -i testsrc2=s=64x64:r=100:d=30 -c:v libx264 -preset ultrafast -g 9999 -sc_threshold 0`
  const segments = await cut(await make('many.mkv', `${many} -pix_fmt yuv420p`), 'video/x-matroska')
  expect(segments.map(({ durationMs }) => Math.round(durationMs / 100))).toEqual([300])
  expect((await decode(segments)).length).toBeGreaterThanOrEqual(14)
}, 60_000)

test('pictures shown in front of a keyframe of their own segment do not move it', async () => {
  const open = '-c:v libx264 -preset veryfast -g 50 -bf 12 -b_strategy 0 -sc_threshold 0 -x264-params open-gop=1'
  const segments = await cut(await make('open.ts', `${source} ${open}`), 'video/mp2t')
  const times = (await decode(segments)).map(({ streamTimeMs }) => Math.round(streamTimeMs / 100))
  expect(times).toEqual([0, 20, 40, 60, 80])
}, 60_000)

test('times that hide pictures, and bytes that are named again and again, are errors', async () => {
  const bytes = await readFile(await make('times.ts', `-f lavfi -i testsrc2=s=96x64:r=25:d=6 ${h264}`))
  const same = join(folder, 'same.ts')
  await writeFile(
    same,
    changeTimes(bytes, () => 1),
  )
  await expect(cut(same, 'video/mp2t')).rejects.toMatchObject({ code: 'MEDIA_FILE_DAMAGED' })
  const good = await readFile(await make('times.mp4', `-f lavfi -i testsrc2=s=96x64:r=25:d=6 ${h264}`))
  const still = join(folder, 'still.mp4')
  await writeFile(still, overwrite(good, 'stts', 12, u32(0)))
  await expect(cut(still, 'video/mp4')).rejects.toMatchObject({ code: 'MEDIA_FILE_DAMAGED' })
  // A list of edits that shows nothing but the end.
  const skipping = join(folder, 'skipping.mp4')
  await writeFile(skipping, overwrite(good, 'elst', 12, u32(140 * 512)))
  expect(await cut(skipping, 'video/mp4')).toHaveLength(3)
  const small = { size: 1000 }
  await expect(cut(skipping, 'video/mp4', small)).rejects.toMatchObject(refused)
}, 60_000)

test('a file of hundreds of megabytes is held a segment at a time', async () => {
  const big = await make('big.mkv', `-stream_loop 349 -i ${film} -an -c copy`)
  const { size } = await stat(big)
  expect(size).toBeGreaterThan(250 * 2 ** 20)
  let [bytes, most, last] = [0, 0, 0]
  const before = process.memoryUsage().rss
  for await (const segment of await open(big, 'video/x-matroska')) {
    bytes += segment.bytes.length
    last = segment.streamTimeMs + segment.durationMs
    most = Math.max(most, process.memoryUsage().rss - before)
  }
  expect(bytes).toBeGreaterThan(0.95 * size)
  expect(Math.round(last / 60_000)).toBe(31)
  expect(most).toBeLessThan(128 * 2 ** 20)
}, 120_000)

test('whoever stops asking leaves no process behind', async () => {
  const segments = await open(film, 'video/mp4')
  await segments.next()
  await segments.return(undefined)
  await expect(segments.next()).resolves.toEqual({ done: true, value: undefined })
}, 60_000)
