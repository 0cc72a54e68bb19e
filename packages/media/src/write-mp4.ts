import type { Mp4Head } from './mp4-head.js'

/** A sample as it is to be written. Times in units of 1/90000 s; `pts` is at most so far behind `dts` as 31 bits go, never before. */
export interface WrittenSample {
  readonly bytes: Buffer
  readonly dts: number
  readonly pts: number
}

const TICKS_PER_SECOND = 90_000
const TRACK = 1

/** A head for one picture track whose clock has 90,000 ticks a second. Of the media's own head it takes what changes the picture. */
export function writeMp4Head(head: Mp4Head): Buffer {
  const tables = box(
    'stbl',
    box('stsd', u32(0, 1), writeSampleEntry(head)),
    ...['stts', 'stsc', 'stco'].map((type) => box(type, u32(0, 0))),
    box('stsz', u32(0, 0, 0)),
  )
  const data = box('dinf', box('dref', u32(0, 1), box('url ', u32(1))))
  const information = box('minf', box('vmhd', u32(1, 0, 0)), data, tables)
  const handler = box('hdlr', u32(0, 0), text('vide'), u32(0, 0, 0), Buffer.alloc(1))
  const media = box('mdia', box('mdhd', u32(0, 0, 0, TICKS_PER_SECOND, 0, 0)), handler, information)
  const [movie, track] = head.matrices
  const size = u32(head.width * 65_536, head.height * 65_536)
  const trackHeader = box('tkhd', u32(7, 0, 0, TRACK, 0, 0, 0, 0, 0, 0), track, size)
  const movieHeader = box(
    'mvhd',
    u32(0, 0, 0, 1000, 0, 0x1_0000, 0x0100_0000, 0, 0),
    movie,
    Buffer.alloc(24),
    u32(TRACK + 1),
  )
  const extension = box('mvex', box('trex', u32(0, TRACK, 1, 0, 0, 0)))
  return Buffer.concat([
    box('ftyp', text('iso5'), u32(512), text('iso5iso6mp41')),
    box('moov', movieHeader, box('trak', trackHeader, media), extension),
  ])
}

function writeSampleEntry({ entryType, width, height, codec, config, colours }: Mp4Head): Buffer {
  return box(
    entryType,
    u32(0, 1, 0, 0, 0, 0),
    u32(width * 65_536 + height),
    u32(0x48_0000, 0x48_0000, 0, 0x1_0000),
    Buffer.alloc(30),
    Buffer.from([0, 24, 0xff, 0xff]),
    box(codec === 'avc' ? 'avcC' : 'hvcC', config),
    ...(colours === undefined ? [] : [box('colr', colours)]),
  )
}

/** Duration, size and composition offset stand at each sample; data begin at the place that is told. */
const RUN_FLAGS = 0x0b01
const BASE_IS_MOOF = 0x02_0000

/** One fragment with these samples, in order of decoding. At least one. */
export function writeFragment(samples: readonly WrittenSample[]): Buffer {
  // The place of the data is known when the size of what is in front of it is.
  const { length } = writeMoof(samples, 0)
  return Buffer.concat([writeMoof(samples, length + 8), box('mdat', ...samples.map(({ bytes }) => bytes))])
}

function writeMoof(samples: readonly WrittenSample[], dataOffset: number): Buffer {
  const entries = samples.flatMap(({ bytes, dts, pts }, at) => {
    const duration = Math.max(0, (samples[at + 1]?.dts ?? dts) - dts)
    return [duration, bytes.length, pts - dts]
  })
  const time = Buffer.alloc(8)
  time.writeBigUInt64BE(BigInt(samples[0]?.dts ?? 0))
  const track = box(
    'traf',
    box('tfhd', u32(BASE_IS_MOOF, TRACK)),
    box('tfdt', u32(0x0100_0000), time),
    box('trun', u32(RUN_FLAGS, samples.length, dataOffset, ...entries)),
  )
  return box('moof', box('mfhd', u32(0, 1)), track)
}

function box(type: string, ...parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 8)
  return Buffer.concat([u32(length), text(type), ...parts], length)
}

function text(words: string): Buffer {
  return Buffer.from(words, 'latin1')
}

function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, at) => bytes.writeUInt32BE(value, at * 4))
  return bytes
}
