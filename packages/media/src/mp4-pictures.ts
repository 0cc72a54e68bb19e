import { assertInOrder } from './fragment-order.js'
import {
  bodyOf,
  Fields,
  findAll,
  ifUnderstood,
  PartlySeenError,
  readBoxes,
  readBoxesUpToBroken,
  readVersion,
  type Box,
} from './mp4-boxes.js'

/** Handlers of tracks that are shown, as video, as pictures or beside video. */
const PICTURE_HANDLERS = new Set(['vide', 'pict', 'auxv'])

/** Sample entries by the codec that they stand for; of others a decoder gives nothing. */
const FAMILIES: Readonly<Record<string, string>> = {
  avc1: 'avc',
  avc2: 'avc',
  avc3: 'avc',
  avc4: 'avc',
  hvc1: 'hevc',
  hev1: 'hevc',
  dvh1: 'hevc',
  dvhe: 'hevc',
  av01: 'av1',
  vp08: 'vp8',
  vp09: 'vp9',
  mp4v: 'mpeg4',
  jpeg: 'jpeg',
  mjpa: 'jpeg',
}

/**
 * A decoder shows one picture track, by one head, in one codec. Throws PartlySeenError for a segment with more of them. What cannot be
 * read is no reason: the decoder's own word counts there.
 */
export function assertWhollySeen(segment: Buffer): void {
  const boxes = readBoxesUpToBroken(segment)
  const [head, ...others] = findAll(boxes, 'moov').map(({ body }) => body)
  if (head === undefined) return
  if (others.some((other) => !other.equals(head))) throw new PartlySeenError('several heads')
  const [picture, second] = readPictureTracks(head)
  if (second !== undefined) throw new PartlySeenError('several picture tracks')
  if (new Set(picture?.families).size > 1) throw new PartlySeenError('several codecs in one track')
  if (picture !== undefined) assertInOrder(boxes, picture.id, picture.timescale)
}

export interface PictureTrack {
  readonly id: number
  /** Ticks a second. */
  readonly timescale: number
  readonly handler: string
  readonly families: readonly string[]
  /** The boxes of `stbl`. */
  readonly tables: readonly Box[]
}

/** The tracks of a body of a moov box that are shown, as far as it can be read. */
export function readPictureTracks(moov: Buffer): PictureTrack[] {
  const tracks = findAll(readBoxesUpToBroken(moov), 'trak').map(({ body }) => readTrack(body))
  return tracks.filter(({ handler, families }) => PICTURE_HANDLERS.has(handler) || families.length > 0)
}

function readTrack(trak: Buffer): PictureTrack {
  const boxes = ifUnderstood(() => readBoxes(trak)) ?? []
  const media = ifUnderstood(() => readBoxes(bodyOf(boxes, 'mdia'))) ?? []
  const handler = ifUnderstood(() => new Fields(bodyOf(media, 'hdlr').subarray(8)).bytes(4).toString('latin1')) ?? ''
  const tables = ifUnderstood(() => readBoxes(bodyOf(readBoxes(bodyOf(media, 'minf')), 'stbl'))) ?? []
  const entries = ifUnderstood(() => readBoxesUpToBroken(bodyOf(tables, 'stsd').subarray(8))) ?? []
  const id = ifUnderstood(() => readAfterDates(bodyOf(boxes, 'tkhd'))) ?? 0
  const timescale = ifUnderstood(() => readAfterDates(bodyOf(media, 'mdhd'))) ?? 0
  return { id, timescale, handler, families: entries.flatMap(({ type }) => FAMILIES[type] ?? []), tables }
}

/** Behind version, flags and two dates: a track's id, or its ticks a second. */
function readAfterDates(header: Buffer): number {
  const fields = new Fields(header)
  fields.bytes(readVersion(fields).version === 1 ? 16 : 8)
  return fields.u32()
}
