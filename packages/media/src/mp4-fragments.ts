import { bodyOf, Fields, findAll, findOne, NotUnderstoodError, readBoxes, readVersion, type Box } from './mp4-boxes.js'
import type { Mp4Head, SampleDefaults } from './mp4-head.js'

/** A coded picture. Times in units of 1/90000 s, even, on the clock of the stream and not wrapped. */
export interface Sample {
  readonly bytes: Buffer
  readonly dts: number
  readonly pts: number
  /** What the container says of it. */
  readonly sync: boolean
}

/** 60 s at 130 pictures a second, and a margin. */
const MOST_SAMPLES = 10_000

/** What stands in a fragment of encrypted samples. */
const ENCRYPTION = new Set(['senc', 'saiz', 'saio', 'uuid'])

/**
 * The picture samples of all fragments (moof, each with its mdat) among the boxes of a segment, in order. Throws
 * NotUnderstoodError: a fragment without its data or without its time, samples that lie outside of it, overlap, are empty or encrypted.
 */
export function readFragments(segment: Buffer, boxes: readonly Box[], head: Mp4Head): Sample[] {
  const samples: Sample[] = []
  let moof: Box | undefined
  for (const box of boxes) {
    if (box.type === 'moof' && moof !== undefined) throw new NotUnderstoodError('a fragment without data')
    if (box.type === 'moof') moof = box
    if (box.type !== 'mdat') continue
    if (moof === undefined) throw new NotUnderstoodError('data without a fragment')
    readFragment({ segment, moof, mdat: box, head, samples })
    moof = undefined
  }
  if (moof !== undefined) throw new NotUnderstoodError('a fragment without data')
  return samples
}

interface Fragment {
  readonly segment: Buffer
  readonly moof: Box
  readonly mdat: Box
  readonly head: Mp4Head
  /** Takes what is found. */
  readonly samples: Sample[]
}

function readFragment(fragment: Fragment): void {
  const trafs = findAll(readBoxes(fragment.moof.body), 'traf').map(({ body }) => readBoxes(body))
  const own = trafs.filter((boxes) => new Fields(bodyOf(boxes, 'tfhd').subarray(4)).u32() === fragment.head.trackId)
  const [boxes, second] = own
  if (second !== undefined) throw new NotUnderstoodError('several parts of one track')
  if (boxes === undefined) return
  if (boxes.some(({ type }) => ENCRYPTION.has(type))) throw new NotUnderstoodError('encrypted samples')
  const { defaults, ownBase } = readTrackHeader(bodyOf(boxes, 'tfhd'), fragment.head.defaults)
  // Without the flag only the first track's data count from the fragment's start.
  if (!ownBase && boxes !== trafs[0]) throw new NotUnderstoodError('data that count from those of another track')
  const cursor = { at: fragment.moof.at, base: readDecodeTime(boxes, fragment.head.timescale), elapsed: 0 }
  let isFirst = true
  for (const { body } of findAll(boxes, 'trun')) {
    readRun(body, { ...fragment, defaults, isFirst }, cursor)
    isFirst = false
  }
}

function readTrackHeader(body: Buffer, before: SampleDefaults): { defaults: SampleDefaults; ownBase: boolean } {
  const fields = new Fields(body)
  const { flags } = readVersion(fields)
  fields.u32()
  if ((flags & 0x01) !== 0) throw new NotUnderstoodError('data at a place in a file')
  if ((flags & 0x02) !== 0 && fields.u32() !== 1) throw new NotUnderstoodError('another sample description')
  const or = (flag: number, value: number): number => ((flags & flag) === 0 ? value : fields.u32())
  const defaults = { duration: or(0x08, before.duration), size: or(0x10, before.size), flags: or(0x20, before.flags) }
  return { defaults, ownBase: (flags & 0x02_0000) !== 0 }
}

const TICKS_PER_SECOND = 90_000
/** 400 years: a clock that counts from 1970 in tenths of microseconds is within. */
const LATEST = 2 ** 50
/** A picture is shown at most so long before or after it is decoded: 10 s. */
const FARTHEST_FROM_DECODING = 10 * TICKS_PER_SECOND
/** An hour: what a segment spans can be no more. */
const LONGEST_SPAN = 3600 * TICKS_PER_SECOND

function readDecodeTime(boxes: readonly Box[], timescale: number): number {
  const box = findOne(boxes, 'tfdt')
  if (box === undefined) throw new NotUnderstoodError('a fragment without a time')
  const fields = new Fields(box.body)
  const time = readVersion(fields).version === 1 ? fields.u64() : BigInt(fields.u32())
  const ticks = Number((time * BigInt(TICKS_PER_SECOND)) / BigInt(timescale))
  if (ticks > LATEST) throw new NotUnderstoodError('a time out of reach')
  return ticks
}

/** Even, so that the ones between are free for what the writer puts there. */
function toEven(ticks: number): number {
  return 2 * Math.round(ticks / 2)
}

/** Where the next sample of a fragment lies, and when it is: ticks of the track since the fragment's time. */
interface Cursor {
  at: number
  /** The fragment's time, in units of 1/90000 s. */
  readonly base: number
  elapsed: number
}

interface RunContext extends Fragment {
  readonly defaults: SampleDefaults
  readonly isFirst: boolean
}

/** ISO/IEC 14496-12, 8.8.8. */
function readRun(body: Buffer, context: RunContext, cursor: Cursor): void {
  const { moof, samples, isFirst } = context
  const fields = new Fields(body)
  const { flags } = readVersion(fields)
  const count = fields.u32()
  if (count > MOST_SAMPLES - samples.length) throw new NotUnderstoodError('too many samples')
  const hasOffset = (flags & 0x01) !== 0
  if (isFirst && !hasOffset) throw new NotUnderstoodError('no place of the data')
  const at = hasOffset ? moof.at + fields.i32() : cursor.at
  // Samples that share bytes would make much of little.
  if (at < cursor.at) throw new NotUnderstoodError('samples overlap')
  cursor.at = at
  const firstFlags = (flags & 0x04) === 0 ? undefined : fields.u32()
  for (let index = 0; index < count; index += 1) {
    const entry = readEntry(fields, flags, context.defaults)
    const isMarked = index === 0 && firstFlags !== undefined
    samples.push(readSample(isMarked ? { ...entry, flags: firstFlags } : entry, context, cursor))
  }
}

const NOT_SYNC = 0x1_0000

interface Entry extends SampleDefaults {
  readonly offset: number
}

function readSample({ duration, size, flags, offset }: Entry, context: RunContext, cursor: Cursor): Sample {
  const { at, elapsed } = cursor
  const { mdat } = context
  if (size === 0) throw new NotUnderstoodError('a sample without bytes')
  const isInside = at >= mdat.end - mdat.body.length && size <= mdat.end - at
  if (!isInside) throw new NotUnderstoodError('a sample outside of its data')
  cursor.at = at + size
  cursor.elapsed += duration
  const sync = (flags & NOT_SYNC) === 0
  return { bytes: context.segment.subarray(at, at + size), ...toTimes(elapsed, offset, context, cursor), sync }
}

/** Signed offsets in version 0 too, as decoders have it. */
function readEntry(fields: Fields, has: number, defaults: SampleDefaults): Entry {
  return {
    duration: (has & 0x0100) === 0 ? defaults.duration : fields.u32(),
    size: (has & 0x0200) === 0 ? defaults.size : fields.u32(),
    flags: (has & 0x0400) === 0 ? defaults.flags : fields.u32(),
    offset: (has & 0x0800) === 0 ? 0 : fields.i32(),
  }
}

function toTimes(elapsed: number, offset: number, { head }: RunContext, { base }: Cursor): Pick<Sample, 'dts' | 'pts'> {
  const factor = TICKS_PER_SECOND / head.timescale
  const isNear = elapsed * factor <= LONGEST_SPAN && Math.abs(offset) * factor <= FARTHEST_FROM_DECODING
  if (!isNear) throw new NotUnderstoodError('a picture out of reach of its fragment')
  return { dts: toEven(base + elapsed * factor), pts: toEven(base + (elapsed + offset) * factor) }
}
