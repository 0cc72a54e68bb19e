import fc from 'fast-check'
import { FragmentInspector } from './inspect-fragments.js'
import { inspectTransportStream } from './inspect-transport-stream.js'
import type { SegmentInspection } from './segment-inspection.js'
import type { Segment } from './segment.js'
import { box, overwrite, replaceBox, u32 } from '../test-support/hostile/boxes.js'
import { ffprobePackets } from '../test-support/ffprobe-packets.js'
import { encodings, makeStream, moveClock, type Encoding, type Stream } from '../test-support/make-fragments.js'
import { ffmpeg, makeFolder, toSegment } from '../test-support/make-segments.js'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const RANGE = 2 ** 33
const keys = { first: false, whole: false }
const inspect = (bytes: Buffer): SegmentInspection | undefined => new FragmentInspector().inspect(toSegment(bytes))

const streams = {} as Record<Encoding, Stream>
let good: Buffer
beforeAll(async () => {
  for (const encoding of Object.keys(encodings) as Encoding[])
    streams[encoding] = await makeStream(encoding, 4, { group: 10, size: '96x64' })
  good = streams['H.264 with B'].mp4[0]?.bytes ?? Buffer.alloc(0)
}, 240_000)

test.each(Object.keys(encodings) as Encoding[])(
  '%s: times and keyframes are those that ffprobe and the transport stream tell',
  (encoding) => {
    const { mp4, ts } = streams[encoding]
    for (const [at, segment] of mp4.entries()) {
      const told = ffprobePackets(segment.bytes)
      const { times = [], keyframes = [] } = inspect(segment.bytes) ?? {}
      const near = (pts: number): number => Math.round(pts / 90)
      expect(times.map(near)).toEqual(told.map(({ seconds }) => Math.round(seconds * 1000)))
      expect(times).toHaveLength(50)
      expect(keyframes).toHaveLength(5)
      const inPackets = inspectTransportStream(ts[at]?.bytes ?? Buffer.alloc(0))
      const since = (first: number | undefined, all: readonly number[] = []) =>
        all.map((pts) => near(pts - (first ?? 0)))
      expect(since(keyframes[0], keyframes)).toEqual(since(inPackets.keyframes?.[0], inPackets.keyframes))
    }
  },
  60_000,
)

test('what a decoder is given holds the samples and nothing else of the media', () => {
  const marked = replaceBox(good, ['moov'], (moov) => Buffer.concat([moov, box('udta', 'canary')]))
  const behind = Buffer.concat([marked, box('free', 'canary')])
  const inspection = inspect(behind)
  const whole = inspection?.bytesFor({ first: true, whole: true }) ?? Buffer.alloc(0)
  expect(behind.includes('canary')).toBe(true)
  expect(whole.includes('canary')).toBe(false)
  const data = (bytes: Buffer): Buffer => bytes.subarray(bytes.lastIndexOf('mdat') + 4)
  expect(data(whole).equals(data(good).subarray(0, data(whole).length))).toBe(true)
  // A third of the bytes and less: pictures between keyframes stay behind.
  expect(inspection?.bytesFor(keys).length).toBeLessThan(whole.length)
  expect(inspection?.signature).toBe(inspect(good)?.signature)
})

test('the signature changes with the head and a break of the clock; a segment that goes on keeps it', () => {
  const reader = new FragmentInspector()
  const of = (segment: Segment | undefined): string => reader.inspect(segment as Segment)?.signature ?? ''
  const [a, b] = streams['H.264'].mp4 as [Segment, Segment]
  const first = of(a)
  expect(of(b)).toBe(first)
  const again = of(a)
  expect(again).not.toBe(first)
  expect(of({ ...b, discontinuity: true })).not.toBe(again)
  const long = new FragmentInspector()
  const seen = new Set<string | undefined>()
  for (let at = 0; at < 300; at += 1) seen.add(long.inspect(moveClock(a, BigInt(at) * 25_600n))?.signature)
  expect(seen.size).toBe(1)
}, 60_000)

/** In a fragment: sizes stand in the run. */
const inRun = (change: (run: Buffer) => Buffer): Buffer => replaceBox(good, ['moof', 'traf', 'trun'], change)
const bomb = (flags: number, ...rest: number[]): Buffer => inRun(() => u32(flags, 0xffff_ffff, ...rest))

const unknown: Record<string, () => Buffer> = {
  nothing: () => Buffer.alloc(0),
  'no head': () => good.subarray(good.indexOf('moof') - 4),
  'a head behind its fragments': () => {
    const at = good.indexOf('moof') - 4
    return Buffer.concat([good.subarray(at), good.subarray(0, at)])
  },
  'two heads': () => Buffer.concat([good.subarray(0, good.indexOf('moof') - 4), good]),
  'a cut tail': () => good.subarray(0, -1),
  'a box of size 0': () => Buffer.concat([good, u32(0), Buffer.from('free')]),
  'a box of 2^63 bytes': () => Buffer.concat([good, u32(1), Buffer.from('free'), u32(0x8000_0000, 0)]),
  'a million boxes': () => Buffer.concat([good, Buffer.concat(Array.from({ length: 1_000_000 }, () => box('free')))]),
  'four billion samples without fields': () => bomb(0x01, 0),
  'four billion samples with fields': () => bomb(0x0f01, 0),
  'samples without bytes': () => replaceBox(good, ['moof', 'traf', 'trun'], () => u32(0x0201, 1, 2000, 0)),
  'samples that overlap': () =>
    replaceBox(good, ['moof', 'traf'], (traf) => Buffer.concat([traf, box('trun', u32(0x0201, 1, 700, 10))])),
  'samples in front of their data': () => inRun((run) => overwriteAt(run, 8, u32(8))),
  'samples behind their data': () => inRun((run) => overwriteAt(run, 8, u32(0x7fff_0000))),
  'samples far from their time': () => inRun((run) => overwriteAt(run, run.length - 4, u32(0x7fff_ffff))),
  'a time of 2^62': () => overwrite(good, 'tfdt', 4, u32(0x3fff_ffff, 0xffff_ffff)),
  'a fragment without a time': () => overwrite(good, 'tfdt', -4, Buffer.from('free')),
  'a fragment without data': () => overwrite(good, 'mdat', -4, Buffer.from('free')),
  'data without a fragment': () => overwrite(good, 'moof', -4, Buffer.from('free')),
  'a clock of 0 ticks': () => overwrite(good, 'mdhd', 12, u32(0)),
  'encrypted samples': () => overwrite(good, 'avc1', -4, Buffer.from('encv')),
  'auxiliary information of encryption': () =>
    replaceBox(good, ['moof', 'traf'], (traf) => Buffer.concat([traf, box('senc', u32(0, 0))])),
  'data at a place in a file': () =>
    replaceBox(good, ['moof', 'traf', 'tfhd'], (body) =>
      Buffer.concat([u32(body.readUInt32BE(0) | 0x01), body.subarray(4, 8), u32(0, 0), body.subarray(8)]),
    ),
  'samples in the head': () => overwrite(good, 'stsz', 8, u32(1)),
}

const inMovie = (change: (moov: Buffer) => Buffer): Buffer => replaceBox(good, ['moov'], change)
const behind = (moov: Buffer): Buffer =>
  Buffer.concat([good, box('moov', moov), good.subarray(good.indexOf('moof') - 4)])
const movie = (): Buffer => good.subarray(good.indexOf('moov') + 4, good.indexOf('moof') - 4)
const secondTime = (ticks: number): Buffer =>
  Buffer.concat([good, overwrite(good.subarray(good.indexOf('moof') - 4), 'tfdt', 8, u32(ticks))])

const partlySeen: Record<string, () => Buffer> = {
  'two picture tracks': () => inMovie((moov) => Buffer.concat([moov, trakOf(moov, 2)])),
  'two tracks of one id': () => inMovie((moov) => Buffer.concat([moov, trakOf(moov, 1)])),
  'a picture track that says it is data': () =>
    inMovie((moov) => Buffer.concat([moov, overwrite(trakOf(moov, 2), 'hdlr', 8, Buffer.from('data'))])),
  'two picture tracks, and bytes that nobody understands': () =>
    Buffer.concat([inMovie((moov) => Buffer.concat([moov, trakOf(moov, 2)])), Buffer.alloc(4)]),
  'another head behind': () => behind(overwrite(movie(), 'tkhd', 12, u32(2))),
  'a fragment at the time of the one before': () => secondTime(0),
  'a fragment an hour later': () => secondTime(3600 * 12_800),
}

test.each(Object.keys(partlySeen))('refused, since a decoder would give a part of it: %s', (name) => {
  expect(inspect(partlySeen[name]?.() ?? good)?.refused).toMatch(/several|order/)
})

test('the same head again, and fragments one behind the other, are no reason to refuse', () => {
  const later = secondTime(2 * 12_800)
  expect(inspect(later)).toMatchObject({ times: { length: 100 } })
  const again = Buffer.concat([good, box('moov', movie()), later.subarray(good.length)])
  expect(inspect(again)).toBeUndefined()
})

function overwriteAt(bytes: Buffer, at: number, value: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  value.copy(copy, at)
  return copy
}

function trakOf(moov: Buffer, id: number): Buffer {
  const at = moov.indexOf('trak') - 4
  return overwrite(moov.subarray(at, at + moov.readUInt32BE(at)), 'tkhd', 12, u32(id))
}

test.each(Object.keys(unknown))('not understood, and so decoded singly: %s', (name) => {
  expect(inspect(good)).toBeDefined()
  expect(inspect(unknown[name]?.() ?? good)).toBeUndefined()
})

test.each<[string, string[]]>([
  ['VP9', ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-movflags', 'frag_keyframe+empty_moov']],
  ['a file without fragments', ['-c:v', 'libx264', '-movflags', 'faststart']],
])(
  'not understood: %s',
  async (_, words) => {
    const file = join(await makeFolder(), 'a.mp4')
    await ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=s=96x64:r=25', '-t', '1', '-pix_fmt', 'yuv420p', ...words, file])
    expect(inspect(await readFile(file))).toBeUndefined()
  },
  60_000,
)

test('sound with a picture track it does not know beside: sound is passed over', async () => {
  const file = join(await makeFolder(), 'a.mp4')
  const sources = ['-f', 'lavfi', '-i', 'testsrc2=s=96x64:r=25', '-f', 'lavfi', '-i', 'sine']
  const words = ['-c:v', 'libx264', '-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov+default_base_moof']
  await ffmpeg([...sources, '-t', '2', '-pix_fmt', 'yuv420p', '-g', '25', ...words, file])
  const { times, keyframes } = inspect(await readFile(file)) ?? {}
  expect(times).toHaveLength(50)
  expect(keyframes).toHaveLength(2)
}, 60_000)

/** What must hold of anything that is taken. */
function isSound(input: Buffer): boolean {
  const inspection = inspect(input)
  if (inspection === undefined) return true
  const { times, keyframes = [] } = inspection
  const given = [false, true].map((whole) => inspection.bytesFor({ first: true, whole }).length)
  const most = input.length + 100_000 + 3000 * times.length
  const inRange = times.every((pts) => Number.isInteger(pts) && pts >= 0 && pts < RANGE)
  return inRange && keyframes.length <= times.length && given.every((length) => length <= most)
}

test('reading never throws, never goes beyond the bytes, and gives times of 33 bits only', () => {
  const bytes = fc.uint8Array({ maxLength: 4000 }).map((array) => Buffer.from(array))
  fc.assert(fc.property(bytes, isSound))
  // The fields are in the first bytes: what is behind is data.
  const fields = good.indexOf('mdat')
  const flips = fc.array(fc.tuple(fc.nat(fields), fc.nat(255)), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(flips, (changes) => {
      const copy = Buffer.from(good)
      for (const [at, value] of changes) copy[at] = value
      return isSound(copy)
    }),
    { numRuns: 2000 },
  )
  const words = fc.array(fc.tuple(fc.nat(fields), fc.constantFrom(0, 1, 8, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff)))
  fc.assert(
    fc.property(words, (changes) => {
      const copy = Buffer.from(good)
      for (const [at, value] of changes) copy.writeUInt32BE(value, at)
      return isSound(copy)
    }),
    { numRuns: 1000 },
  )
}, 60_000)

test('16 MiB that ask for the most are read in seconds', () => {
  const most = 16 * 2 ** 20
  const head = good.subarray(0, good.indexOf('moof') - 4)
  const empty = Buffer.alloc(most)
  const fragment = (count: number, size: number, data: Buffer): Buffer => {
    const parts = [
      box('tfhd', u32(0x02_0000, 1)),
      box('tfdt', u32(0, 0)),
      box('trun', u32(0x0201, count, 0), ...sizes(count, size)),
    ]
    const moof = box('moof', box('mfhd', u32(0, 1)), box('traf', ...parts))
    overwrite(moof, 'trun', 8, u32(moof.length + 8)).copy(moof)
    return Buffer.concat([head, moof, box('mdat', data)])
  }
  const sizes = (count: number, size: number): Buffer[] => Array.from({ length: count }, () => u32(size))
  const ones = Buffer.alloc(most, Buffer.from([0, 0, 0, 1, 0x06]))
  const inputs = {
    'units of nothing': fragment(10, most / 10, empty),
    'units of one byte': fragment(10, Math.floor(most / 10), ones),
    '10,000 samples': fragment(10_000, Math.floor(most / 10_000), ones),
    'one number of 16 MiB': fragment(
      1,
      most,
      Buffer.concat([u32(most - 4), Buffer.from([6]), Buffer.alloc(most - 5, 0xff)]),
    ),
    'boxes only': Buffer.alloc(most, box('free')),
  }
  for (const [name, bytes] of Object.entries(inputs)) {
    const began = performance.now()
    const inspection = inspect(bytes)
    inspection?.bytesFor({ first: true, whole: true })
    const ms = performance.now() - began
    expect([name, ms < 5000]).toEqual([name, true])
  }
}, 60_000)
