import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { isOfField, readFrameRules } from './h264-parameters.js'
import { inspectTransportStream } from './inspect-transport-stream.js'
import { createLiveDecoder, type LiveDecoderOptions } from './live-decoder.js'
import { NotUnderstoodError } from './mp4-boxes.js'
import { splitStartCodes } from './nal-units.js'
import { PacketKeyframes } from './packet-keyframes.js'
import { createSandbox } from './sandbox.js'
import type { SegmentInspection } from './segment-inspection.js'
import type { DecodedSegment, Segment } from './segment.js'
import { makeStream, type Encoding, type Stream } from '../test-support/make-fragments.js'
import { makeSegments, toSegment } from '../test-support/make-segments.js'

const sandbox = createSandbox()
const source = ['-f', 'lavfi', '-i', 'testsrc2=s=160x96:r=25', '-t', '4']
const rewrite = (bytes: Buffer): SegmentInspection => new PacketKeyframes().rewrite(inspectTransportStream(bytes))
const bytesOf = (segment: Segment | undefined): Buffer => segment?.bytes ?? Buffer.alloc(0)

const onlyBreak = (pid: number, counter: number): Buffer =>
  Buffer.concat([Buffer.from([0x47, pid >> 8, pid & 0xff, 0x20 | counter, 183, 0x80]), Buffer.alloc(182, 0xff)])

/** The count of its packets jumps within the keyframe, and says so: a demuxer goes on, but it is not taken here. */
function asPlain(segment: Segment): Segment {
  const { packets, track } = inspectTransportStream(segment.bytes)
  const pid = track?.pid ?? 0
  const parts: Buffer[] = []
  let seen = 0
  for (let at = 0; at < packets.length; at += 188) {
    const packet = Buffer.from(packets.subarray(at, at + 188))
    const isOwn = (packet.readUInt16BE(1) & 0x1fff) === pid
    const control = packet.readUInt8(3)
    const counter = (control + (seen === 0 ? 0 : 5)) & 0x0f
    if (isOwn && seen < 2) parts.push(onlyBreak(pid, (counter + 15) & 0x0f))
    if (isOwn) packet.writeUInt8((control & 0xf0) | counter, 3)
    parts.push(packet)
    seen += isOwn ? 1 : 0
  }
  return { ...segment, bytes: Buffer.concat(parts) }
}

interface Fed {
  readonly results: DecodedSegment[]
  readonly lives: number
}

/** Each is answered before the next one is there; nothing that is held back is got by silence. */
async function feedSlowly(segments: readonly Segment[], more: Partial<LiveDecoderOptions> = {}): Promise<Fed> {
  const options = { intervalMs: 400, silenceMs: 100_000, ...more }
  const one = createLiveDecoder({ streamId: 'a', mediaType: 'video/mp2t', sandbox, ...options })
  const results: DecodedSegment[] = []
  const pids = new Set<number>()
  for (const segment of segments) {
    results.push(await one.feed(segment))
    for (const pid of one.pids) pids.add(pid)
  }
  await one.close()
  return { results, lives: pids.size / 2 }
}

async function feedAtOnce(segments: readonly Segment[]): Promise<DecodedSegment[]> {
  const one = createLiveDecoder({ streamId: 'a', mediaType: 'video/mp2t', sandbox, intervalMs: 400 })
  const results = segments.map((segment) => one.feed(segment))
  await one.close()
  return Promise.all(results)
}

const digestsOf = (results: readonly DecodedSegment[]): unknown[] =>
  results.map((one) =>
    one.outcome === 'decoded'
      ? one.pictures.map(({ rgb, ...more }) => ({ ...more, sha256: createHash('sha256').update(rgb).digest('hex') }))
      : one,
  )
const countsOf = (results: readonly DecodedSegment[]): number[] =>
  results.map((one) => (one.outcome === 'decoded' ? one.pictures.length : -1))

/** The others are those of live-fragments.test.ts, against a process a segment. */
const all: Encoding[] = ['H.264 with B', 'H.264 with B, open', 'HEVC with B, open']
const streams = {} as Record<Encoding, Stream>
/** 29.97 pictures a second: every second PTS is odd. */
let odd: Segment[]
beforeAll(async () => {
  for (const encoding of all) streams[encoding] = await makeStream(encoding, 4, { group: 10 })
  odd = await makeSegments(source, ['-r', '30000/1001', '-g', '15', '-bf', '2'])
}, 240_000)

test.each([...all, 'odd times'] as const)(
  '%s: each picture at once from one process, the same as by packets, times too',
  async (name) => {
    const segments = name === 'odd times' ? odd : streams[name].ts
    const { results, lives } = await feedSlowly(segments)
    expect(lives).toBe(1)
    for (const count of countsOf(results)) expect(count).toBeGreaterThanOrEqual(3)
    const plain = segments.map(asPlain)
    expect(plain.map(({ bytes }) => rewrite(bytes).rewrites(false))).toEqual(plain.map(() => false))
    expect(digestsOf(results)).toEqual(digestsOf(await feedAtOnce(plain)))
  },
  60_000,
)

test('a loop and disorder: one process, since no clock of the stream reaches it', async () => {
  const [a, b] = streams['H.264 with B'].ts as [Segment, Segment]
  const list = [a, a, b, a, b, b].map(({ bytes }, sequence) => toSegment(bytes, sequence))
  const { results, lives } = await feedSlowly(list)
  expect([countsOf(results), lives]).toEqual([[5, 5, 5, 5, 5, 5], 1])
}, 60_000)

test('after a segment that is not understood packets go as they are for 30 segments, and no picture is lost', () => {
  const keyframes = new PacketKeyframes()
  const [a] = streams['H.264 with B'].ts as [Segment]
  const takes = ({ bytes }: Segment): boolean => keyframes.rewrite(inspectTransportStream(bytes)).rewrites(false)
  expect([takes(a), takes(asPlain(a))]).toEqual([true, false])
  expect(Array.from({ length: 31 }, () => takes(a))).toEqual([...Array(29).fill(false), true, true])
})

test('a full decode gets every packet as it came, and so has a process for one segment', () => {
  const { packets } = inspectTransportStream(bytesOf(odd[0]))
  const inspection = rewrite(packets)
  expect(inspection.rewrites(true)).toBe(false)
  expect(inspection.bytesFor({ first: true, whole: true }).equals(packets)).toBe(true)
  expect(inspection.plain?.bytesFor({ first: true, whole: false }).equals(packets)).toBe(true)
})

test.each<[string, string, boolean]>([
  ['baseline', 'bframes=0', true],
  ['main', 'bframes=2', true],
  ['high', 'cqm=jvt', true],
  ['high10', 'bframes=2', true],
  ['high444', 'cqm=jvt', true],
  ['high', 'interlaced=1', false],
  ['main', 'interlaced=1', false],
])(
  'profile %s with %s: whole frames only: %s',
  async (profile, more, expected) => {
    const format = { high10: 'yuv420p10le', high444: 'yuv444p' }[profile] ?? 'yuv420p'
    const words = ['-preset', 'medium', '-profile:v', profile, '-pix_fmt', format, '-x264-params', more]
    const [segment] = await makeSegments(source, words)
    const bytes = bytesOf(segment)
    const sets = [...splitStartCodes(bytes)].filter((unit) => ((unit[0] ?? 0) & 0x9f) === 7)
    expect(readFrameRules(sets[0] ?? Buffer.alloc(0)).framesOnly).toBe(expected)
    // Two fields that are coded as one frame are a picture like others.
    expect(rewrite(bytes).rewrites(false)).toBe(true)
    const { results, lives } = await feedSlowly([toSegment(bytes)])
    expect([countsOf(results), lives]).toEqual([[1], 1])
    expect(digestsOf(results)).toEqual(digestsOf(await feedAtOnce([asPlain(toSegment(bytes))])))
  },
  60_000,
)

test('a picture of two fields goes to the decoder as it came', async () => {
  const words = ['-preset', 'medium', '-x264-params', 'interlaced=1:keyint=10:bframes=2']
  const [segment] = await makeSegments(source, words)
  const bytes = bytesOf(segment)
  const units = [...splitStartCodes(bytes)]
  const rules = readFrameRules(units.find((unit) => ((unit[0] ?? 0) & 0x1f) === 7) ?? Buffer.alloc(0))
  const slice = units.find((unit) => ((unit[0] ?? 0) & 0x1f) === 5) ?? Buffer.alloc(0)
  expect([rules.framesOnly, isOfField(slice, rules)]).toEqual([false, false])
  // In front of the flag stand a 1, the kind (7: seven bits), a 1 and the number.
  const bit = 1 + 7 + 1 + rules.numberBits
  const field = Buffer.from(slice)
  field[1 + (bit >> 3)] = (field[1 + (bit >> 3)] ?? 0) | (0x80 >> (bit & 7))
  expect(isOfField(field, rules)).toBe(true)
  const copy = Buffer.from(bytes)
  copy[copy.indexOf(slice.subarray(0, 12)) + 1 + (bit >> 3)] = field[1 + (bit >> 3)] ?? 0
  expect(rewrite(copy).rewrites(false)).toBe(false)
}, 60_000)

test('parameters of any bytes are read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      try {
        const rules = readFrameRules(Buffer.from(bytes))
        return typeof isOfField(Buffer.from(bytes), rules) === 'boolean'
      } catch (error) {
        return error instanceof NotUnderstoodError
      }
    }),
  )
})

/** What must hold of anything that is taken. */
function isSound(input: Buffer): boolean {
  const inspection = rewrite(input)
  const { length } = inspection.bytesFor({ first: true, whole: false })
  const count = inspection.keyframes?.length ?? 0
  return length <= 1.25 * input.length + 2000 + 1200 * count
}

test('rewriting never throws and never makes much of little', () => {
  const good = bytesOf(streams['HEVC with B, open'].ts[0])
  const other = bytesOf(streams['H.264 with B'].ts[0])
  const flips = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 60 })
  fc.assert(fc.property(fc.uint8Array({ maxLength: 4000 }), (array) => isSound(Buffer.from(array))))
  fc.assert(
    fc.property(fc.constantFrom(good, other), flips, (bytes, changes) => {
      const copy = Buffer.from(bytes)
      for (const [at, value] of changes) copy[at % copy.length] = value
      return isSound(copy)
    }),
    { numRuns: 500 },
  )
}, 60_000)

/** A picture that is filled up with anything, in packets of its track. */
function fill(bytes: Buffer, filling: Buffer, size: number): Buffer {
  const { track } = inspectTransportStream(bytes)
  const pid = track?.pid ?? 0
  const last = bytes.lastIndexOf(Buffer.from([0x47, pid >> 8, pid & 0xff]))
  const count = Math.floor(size / 188)
  let counter = (bytes[last + 3] ?? 0) & 0x0f
  const packets = Array.from({ length: count }, () => {
    counter = (counter + 1) & 0x0f
    return Buffer.concat([Buffer.from([0x47, pid >> 8, pid & 0xff, 0x10 | counter]), Buffer.alloc(184, filling)])
  })
  return Buffer.concat([bytes, ...packets])
}

test('16 MiB that ask for the most are read in seconds', async () => {
  const [one] = await makeSegments(['-f', 'lavfi', '-i', 'testsrc2=s=160x90:r=25', '-frames:v', '1'])
  for (const filling of [[0], [0, 0, 1], [0, 0, 1, 6], [0, 0, 1, 0x65, 0x80], [0xff]]) {
    const input = fill(bytesOf(one), Buffer.from(filling), 16 * 2 ** 20)
    const began = performance.now()
    expect(isSound(input)).toBe(true)
    const ms = performance.now() - began
    expect([filling, ms < 5000]).toEqual([filling, true])
  }
}, 60_000)
