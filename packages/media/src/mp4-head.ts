import { bodyOf, Fields, findAll, findOne, NotUnderstoodError, readBoxes, readVersion, type Box } from './mp4-boxes.js'

export type Mp4Codec = 'avc' | 'hevc'

/** The picture track of a fragmented MP4, as its head describes it. */
export interface Mp4Head {
  readonly trackId: number
  /** Ticks a second. */
  readonly timescale: number
  readonly codec: Mp4Codec
  /** Type of the sample entry: avc1, avc3, hvc1, hev1. */
  readonly entryType: string
  readonly width: number
  readonly height: number
  /** The codec's own configuration (body of avcC or hvcC), as it is. */
  readonly config: Buffer
  /** Body of the colour box when it names its colours by number. */
  readonly colours: Buffer | undefined
  /** How the picture is turned (movie, then track): nine numbers of four bytes each. */
  readonly matrices: readonly [movie: Buffer, track: Buffer]
  /** Bytes of the length in front of each NAL unit. */
  readonly lengthBytes: number
  readonly defaults: SampleDefaults
}

export interface SampleDefaults {
  readonly duration: number
  readonly size: number
  readonly flags: number
}

const CODECS: Readonly<Record<string, Mp4Codec>> = { avc1: 'avc', avc3: 'avc', hvc1: 'hevc', hev1: 'hevc' }
const MOST_CONFIG_BYTES = 65_536
const MATRIX_BYTES = 36

/** Reads the body of a moov box. Throws NotUnderstoodError unless it has exactly one picture track, H.264 or HEVC, all in fragments. */
export function readMp4Head(moov: Buffer): Mp4Head {
  const boxes = readBoxes(moov)
  const tracks = findAll(boxes, 'trak').map(({ body }) => readTrack(body))
  if (new Set(tracks.map(({ id }) => id)).size !== tracks.length) throw new NotUnderstoodError('two tracks of one id')
  const [picture, second] = tracks.filter(({ handler }) => handler === 'vide')
  if (picture === undefined || second !== undefined) throw new NotUnderstoodError('not one picture track')
  const tables = readBoxes(bodyOf(readBoxes(bodyOf(picture.media, 'minf')), 'stbl'))
  assertNoSamples(tables)
  return {
    trackId: picture.id,
    timescale: readTimescale(bodyOf(picture.media, 'mdhd')),
    ...readSampleEntry(bodyOf(tables, 'stsd')),
    matrices: [readMatrix(bodyOf(boxes, 'mvhd'), 24), picture.matrix],
    defaults: readDefaults(readBoxes(bodyOf(boxes, 'mvex')), picture.id),
  }
}

interface Track {
  readonly id: number
  readonly handler: string
  readonly matrix: Buffer
  readonly media: readonly Box[]
}

function readTrack(trak: Buffer): Track {
  const boxes = readBoxes(trak)
  const header = bodyOf(boxes, 'tkhd')
  const media = readBoxes(bodyOf(boxes, 'mdia'))
  const id = afterTimes(header).u32()
  const handler = new Fields(bodyOf(media, 'hdlr').subarray(8)).bytes(4).toString('latin1')
  return { id, handler, matrix: readMatrix(header, 28), media }
}

/** Behind version, flags and the two dates. */
function afterTimes(header: Buffer): Fields {
  const fields = new Fields(header)
  fields.bytes(readVersion(fields).version === 1 ? 16 : 8)
  return fields
}

/** `at`: so far behind the dates; in version 1 the duration between is longer. */
function readMatrix(header: Buffer, at: number): Buffer {
  const isLong = readVersion(new Fields(header)).version === 1
  const fields = afterTimes(header)
  fields.bytes(isLong ? at + 4 : at)
  return fields.bytes(MATRIX_BYTES)
}

function readTimescale(mediaHeader: Buffer): number {
  const timescale = afterTimes(mediaHeader).u32()
  if (timescale === 0) throw new NotUnderstoodError('a clock of 0 ticks')
  return timescale
}

/** A head with samples of its own shows pictures that no fragment names. */
function assertNoSamples(tables: readonly Box[]): void {
  const sizes = new Fields(bodyOf(tables, 'stsz'))
  sizes.bytes(8)
  if (sizes.u32() !== 0) throw new NotUnderstoodError('samples in the head')
}

type SampleEntry = Pick<Mp4Head, 'codec' | 'entryType' | 'width' | 'height' | 'config' | 'colours' | 'lengthBytes'>

function readSampleEntry(descriptions: Buffer): SampleEntry {
  const [entry, second] = readBoxes(descriptions.subarray(8))
  if (entry === undefined || second !== undefined) throw new NotUnderstoodError('not one sample description')
  const codec = CODECS[entry.type]
  if (codec === undefined) throw new NotUnderstoodError(`samples of type ${entry.type}`)
  const fields = new Fields(entry.body)
  fields.bytes(24)
  const [width, height] = [fields.u16(), fields.u16()]
  fields.bytes(50)
  const boxes = readBoxes(fields.rest())
  if (findOne(boxes, 'sinf') !== undefined) throw new NotUnderstoodError('encrypted samples')
  const config = bodyOf(boxes, codec === 'avc' ? 'avcC' : 'hvcC')
  return {
    codec,
    entryType: entry.type,
    width,
    height,
    config,
    ...readConfig(config, codec),
    colours: findColours(boxes),
  }
}

/** ISO/IEC 14496-15, 5.3.3.1 and 8.3.3.1: the length of lengths stands in the fifth byte, in HEVC in the 22nd. */
function readConfig(config: Buffer, codec: Mp4Codec): { lengthBytes: number } {
  const fields = new Fields(config)
  if (fields.u8() !== 1 || config.length > MOST_CONFIG_BYTES) throw new NotUnderstoodError('a configuration of its own')
  fields.bytes(codec === 'avc' ? 3 : 20)
  return { lengthBytes: (fields.u8() & 3) + 1 }
}

function findColours(boxes: readonly Box[]): Buffer | undefined {
  const body = findAll(boxes, 'colr')[0]?.body
  const kind = body?.toString('latin1', 0, 4)
  return kind === 'nclx' || kind === 'nclc' ? body?.subarray(0, 11) : undefined
}

function readDefaults(boxes: readonly Box[], trackId: number): SampleDefaults {
  const all = findAll(boxes, 'trex').map(({ body }) => new Fields(body.subarray(4)))
  const own = all.filter((fields) => fields.u32() === trackId)
  const [fields] = own
  if (fields === undefined || own.length !== 1) throw new NotUnderstoodError('not one set of defaults')
  if (fields.u32() !== 1) throw new NotUnderstoodError('another sample description')
  return { duration: fields.u32(), size: fields.u32(), flags: fields.u32() }
}
