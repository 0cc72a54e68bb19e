/** What the head of an MP4 fragment says of its time, in milliseconds from the start of the file. */
export interface FragmentTimes {
  readonly startMs: number
  /** Where its last picture begins. */
  readonly lastMs: number
  readonly endMs: number
  readonly pictures: number
  /** Its first picture can be decoded alone. */
  readonly isSync: boolean
}

/** Fields of the boxes `tfhd` and `trun` that stand there only when their flag is set (ISO/IEC 14496-12, 8.8.7 and 8.8.8). */
const flags = {
  baseDataOffset: 0x1,
  sampleDescription: 0x2,
  defaultDuration: 0x8,
  defaultSize: 0x10,
  defaultFlags: 0x20,
  dataOffset: 0x1,
  firstSampleFlags: 0x4,
  sampleDuration: 0x100,
  sampleSize: 0x200,
  sampleFlags: 0x400,
  sampleOffset: 0x800,
} as const

/** Ticks a second of the one track, from its `moov`. Throws RangeError for one that has none. */
export function readTimescale(moov: Buffer): number {
  const header = find(moov, ['trak', 'mdia', 'mdhd'])
  const ticks = header.readUInt32BE(header.readUInt8(0) === 1 ? 20 : 12)
  if (ticks === 0) throw new RangeError('a clock that stands still')
  return ticks
}

/** Reads the `moof` of a fragment with one track. Throws RangeError where a box ends before what it should hold. */
export function readFragmentTimes(moof: Buffer, timescale: number): FragmentTimes {
  const traf = find(moof, ['traf'])
  const decodeTime = find(traf, ['tfdt'])
  const start = decodeTime.readUInt8(0) === 1 ? Number(decodeTime.readBigUInt64BE(4)) : decodeTime.readUInt32BE(4)
  const header = find(traf, ['tfhd'])
  const fallback = readDefault(header, flags.defaultDuration) ?? 0
  let [end, last, pictures] = [start, start, 0]
  for (const { type, body } of readBoxes(traf)) {
    if (type !== 'trun') continue
    for (const duration of readDurations(body, fallback)) {
      last = end
      end += duration
      pictures += 1
    }
  }
  const toMs = (ticks: number): number => Math.round((ticks * 1000) / timescale)
  const isSync = (readFirstFlags(traf, header) & NOT_SYNC) === 0
  return { startMs: toMs(start), lastMs: toMs(last), endMs: toMs(end), pictures, isSync }
}

const NOT_SYNC = 0x1_0000

/** Of the first sample. */
function readFirstFlags(traf: Buffer, header: Buffer): number {
  const run = find(traf, ['trun'])
  const set = run.readUIntBE(1, 3)
  const has = (flag: number): number => ((set & flag) === 0 ? 0 : 4)
  const first = 8 + has(flags.dataOffset)
  if (has(flags.firstSampleFlags) !== 0) return run.readUInt32BE(first)
  if (has(flags.sampleFlags) === 0) return readDefault(header, flags.defaultFlags) ?? 0
  return run.readUInt32BE(first + has(flags.sampleDuration) + has(flags.sampleSize))
}

/** A field of `tfhd`; undefined when it has none. */
function readDefault(header: Buffer, flag: number): number | undefined {
  const set = header.readUIntBE(1, 3)
  if ((set & flag) === 0) return undefined
  let at = 8
  for (const before of [flags.baseDataOffset, flags.sampleDescription, flags.defaultDuration, flags.defaultSize]) {
    if (before < flag && (set & before) !== 0) at += before === flags.baseDataOffset ? 8 : 4
  }
  return header.readUInt32BE(at)
}

function* readDurations(run: Buffer, fallback: number): Generator<number> {
  const set = run.readUIntBE(1, 3)
  const has = (flag: number): number => ((set & flag) === 0 ? 0 : 4)
  const stride = has(flags.sampleDuration) + has(flags.sampleSize) + has(flags.sampleFlags) + has(flags.sampleOffset)
  const first = 8 + has(flags.dataOffset) + has(flags.firstSampleFlags)
  const samples = run.readUInt32BE(4)
  // A count that the box has no room for would be believed otherwise.
  if (stride > 0 && first + samples * stride > run.length) throw new RangeError('more samples than the box holds')
  if (stride === 0 && samples > 1_000_000) throw new RangeError(`${samples} samples`)
  for (let at = 0; at < samples; at += 1) {
    yield has(flags.sampleDuration) === 0 ? fallback : run.readUInt32BE(first + at * stride)
  }
}

function find(body: Buffer, path: readonly string[]): Buffer {
  let found = body
  for (const name of path) {
    const box = [...readBoxes(found)].find(({ type }) => type === name)
    if (box === undefined) throw new RangeError(`no ${name} where one should be`)
    found = box.body
  }
  return found
}

function* readBoxes(body: Buffer): Generator<{ readonly type: string; readonly body: Buffer }> {
  for (let at = 0; at + 8 <= body.length;) {
    const size = body.readUInt32BE(at)
    if (size < 8 || at + size > body.length) throw new RangeError(`a box of ${size} bytes`)
    yield { type: body.toString('latin1', at + 4, at + 8), body: body.subarray(at + 8, at + size) }
    at += size
  }
}
