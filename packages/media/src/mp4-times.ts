import {
  bodyOf,
  Fields,
  findAll,
  findOne,
  ifUnderstood,
  NotUnderstoodError,
  readBoxes,
  readBoxesUpToBroken,
  readVersion,
} from './mp4-boxes.js'
import type { Box } from './mp4-boxes.js'
import { MOST_TIMES } from './picture-clock.js'
import { readPictureTracks, type PictureTrack } from './mp4-pictures.js'

/** One more than may be says that there are more. */
const MOST_SAMPLES = MOST_TIMES + 1

/**
 * When the pictures of an MP4 segment are shown, in milliseconds, in order of decoding, whatever their codec and wherever their bytes
 * are; empty when its tables cannot be read.
 */
export function readMp4Times(segment: Buffer): number[] {
  return ifUnderstood(() => readTimes(segment)) ?? []
}

function readTimes(segment: Buffer): number[] {
  const boxes = readBoxesUpToBroken(segment)
  const moov = bodyOf(boxes, 'moov')
  const [track] = readPictureTracks(moov)
  if (track === undefined || track.timescale === 0) return []
  const ticks = readTable(track)
  const fallback = readFallback(moov, track.id)
  const place: Place = { id: track.id, fallback, ticks, first: undefined }
  for (const { body } of findAll(boxes, 'moof')) readFragment(body, place)
  return ticks.map((tick) => (tick * 1000) / track.timescale)
}

/** Of `stts` and `ctts` (ISO/IEC 14496-12, 8.6.1). */
function readTable({ tables }: PictureTrack): number[] {
  const durations = readRuns(findOne(tables, 'stts'))
  const offsets = readRuns(findOne(tables, 'ctts'))
  let tick = 0
  return durations.map((duration, at) => {
    const shown = tick + ((offsets[at] ?? 0) | 0)
    tick += duration
    return shown
  })
}

/** One value for each sample of what stands there as counts and values. */
function readRuns(box: Box | undefined): number[] {
  if (box === undefined) return []
  const fields = new Fields(box.body)
  readVersion(fields)
  const values: number[] = []
  for (let left = fields.u32(); left > 0 && values.length < MOST_SAMPLES; left -= 1) {
    const count = Math.min(fields.u32(), MOST_SAMPLES - values.length)
    const value = fields.u32()
    for (let at = 0; at < count; at += 1) values.push(value)
  }
  return values
}

/** How long a picture stands of which no fragment says it. */
function readFallback(moov: Buffer, id: number): number {
  const extension = findOne(readBoxesUpToBroken(moov), 'mvex')
  const all = findAll(extension === undefined ? [] : readBoxes(extension.body), 'trex')
  const own = all.map(({ body }) => new Fields(body.subarray(4))).find((fields) => fields.u32() === id)
  own?.u32()
  return own?.u32() ?? 0
}

interface Place {
  readonly id: number
  readonly fallback: number
  /** Takes what is found. */
  readonly ticks: number[]
  /** Where the first fragment begins: far from zero a number would not tell ticks apart. */
  first: bigint | undefined
}

function readFragment(moof: Buffer, place: Place): void {
  for (const { body } of findAll(readBoxes(moof), 'traf')) {
    const boxes = readBoxes(body)
    const header = new Fields(bodyOf(boxes, 'tfhd'))
    const { flags } = readVersion(header)
    if (header.u32() !== place.id) continue
    header.bytes(((flags & 0x01) === 0 ? 0 : 8) + ((flags & 0x02) === 0 ? 0 : 4))
    const duration = (flags & 0x08) === 0 ? place.fallback : header.u32()
    let start = findStart(boxes, place)
    for (const run of findAll(boxes, 'trun')) start = readRun(run.body, { start, duration, ticks: place.ticks })
  }
}

/** Since the first fragment; behind the picture before it where it does not say. */
function findStart(boxes: readonly Box[], place: Place): number {
  const told = readStart(boxes)
  if (told === undefined) return place.ticks.at(-1) ?? 0
  place.first ??= told
  return Number(told - place.first)
}

function readStart(boxes: readonly Box[]): bigint | undefined {
  const box = findOne(boxes, 'tfdt')
  if (box === undefined) return undefined
  const fields = new Fields(box.body)
  return readVersion(fields).version === 1 ? fields.u64() : BigInt(fields.u32())
}

/** What each sample has for itself. */
const EACH = 0xf00

interface Run {
  readonly start: number
  readonly duration: number
  readonly ticks: number[]
}

/** Says when the next one begins (8.8.8). */
function readRun(body: Buffer, { start, duration, ticks }: Run): number {
  const fields = new Fields(body)
  const { flags } = readVersion(fields)
  const count = fields.u32()
  // A count alone is no picture.
  if ((flags & EACH) === 0 && count > MOST_SAMPLES) throw new NotUnderstoodError('more samples than there can be')
  const take = (flag: number): number | undefined => ((flags & flag) === 0 ? undefined : fields.u32())
  take(0x01)
  take(0x04)
  let tick = start
  for (let at = 0; at < count && ticks.length < MOST_SAMPLES; at += 1) {
    const stands = take(0x100) ?? duration
    take(0x200)
    take(0x400)
    ticks.push(tick + ((take(0x800) ?? 0) | 0))
    tick += stands
  }
  return tick
}
