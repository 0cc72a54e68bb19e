import { isOfField, readFrameRules, type FrameRules } from './h264-parameters.js'
import type { TransportInspection } from './inspect-transport-stream.js'
import { NotUnderstoodError } from './mp4-boxes.js'
import type { Mp4Head } from './mp4-head.js'
import { beginsPicture, HEVC, isSlice, readPictureHead, splitStartCodes } from './nal-units.js'
import { readPacketPictures } from './packet-pictures.js'
import { withPushers, type PushedPicture } from './pushers.js'
import type { DecoderNeeds, SegmentInspection } from './segment-inspection.js'
import { writeFragment, writeMp4Head } from './write-mp4.js'

/** So many segments go as they are after one that was not understood: a decoder a segment would cost more than a late picture. */
const PATIENCE = 30

/** A picture of 8K in HEVC has 600 slices. */
const MOST_UNITS = 4096

/** Written keyframes are a second apart, whatever their PTS: so no clock that jumps reaches a decoder. */
const TICKS_APART = 90_000

/**
 * Takes the keyframes of one transport stream out of their packets. A demuxer of MPEG-TS sees where a picture ends from the next
 * one, and a decoder holds it back for as many as the stream reorders; in fragments of our own they come at once.
 */
export class PacketKeyframes {
  #asIs = 0
  /** Counts the keyframes of the stream. */
  #next = 1
  #rules: readonly FrameRules[] = []

  /** The same inspection with its keyframes in fragments; as it is where anything is not as it should be. */
  rewrite(plain: TransportInspection): SegmentInspection {
    this.#asIs -= 1
    if (this.#asIs > 0) return plain
    try {
      return this.#rewrite(plain)
    } catch (error) {
      if (!(error instanceof NotUnderstoodError)) throw error
      // The reason is of no use: the decoder says its own.
      this.#asIs = PATIENCE
      return plain
    }
  }

  #rewrite(plain: TransportInspection): SegmentInspection {
    const { track, keyframes, keyframePlaces, packets } = plain
    if (track === undefined || keyframes === undefined || keyframes.length !== keyframePlaces.length)
      throw new NotUnderstoodError('keyframes without a time or a kind')
    const pictures = readPacketPictures(packets, track.pid, new Set(keyframePlaces))
    const coded = pictures.map((bytes, at) => this.#toPicture(bytes, (this.#next + at) * TICKS_APART, track.streamType))
    const first = this.#next
    this.#next += coded.length
    return new PacketKeyframesInspection(plain, coded, { first, pts: keyframes })
  }

  #toPicture(bytes: Buffer, ticks: number, streamType: number): PushedPicture {
    const units = [...readUnits(bytes)]
    assertOnePicture(units, streamType)
    const { parameterSets, firstSlice } = readPictureHead(units, streamType)
    if (streamType !== HEVC && parameterSets[0] !== undefined) this.#rules = parameterSets.map(readFrameRules)
    if (streamType !== HEVC) assertFrame(firstSlice, this.#rules)
    return { bytes: withLengths(units), firstSlice, ticks }
  }
}

/** A frame of two fields that are coded together is one; which parameters a slice goes by is not asked. */
function assertFrame(slice: Buffer | undefined, rules: readonly FrameRules[]): void {
  const [first] = rules
  if (slice === undefined || first === undefined) throw new NotUnderstoodError('no parameters')
  if (rules.every(({ framesOnly }) => framesOnly)) return
  const areAlike = rules.every((one) =>
    (['framesOnly', 'numberBits', 'separateColours'] as const).every((name) => one[name] === first[name]),
  )
  if (!areAlike || isOfField(slice, first)) throw new NotUnderstoodError('fields')
}

function* readUnits(bytes: Buffer): Generator<Buffer> {
  let count = 0
  for (const unit of splitStartCodes(bytes)) {
    count += 1
    if (count > MOST_UNITS) throw new NotUnderstoodError('too many units')
    // A unit never ends in zeros: those belong to the start code behind.
    let end = unit.length
    while (end > 0 && unit[end - 1] === 0) end -= 1
    if (end > 0) yield unit.subarray(0, end)
  }
}

function assertOnePicture(units: readonly Buffer[], streamType: number): void {
  const begins = units.filter((unit) => isSlice(unit, streamType)).map((unit) => beginsPicture(unit, streamType))
  if (begins[0] !== true || begins.indexOf(true, 1) !== -1) throw new NotUnderstoodError('not one picture in a packet')
}

const LENGTH_BYTES = 4

function withLengths(units: readonly Buffer[]): Buffer {
  const parts = units.flatMap((unit) => {
    const length = Buffer.alloc(LENGTH_BYTES)
    length.writeUInt32BE(unit.length)
    return [length, unit]
  })
  return Buffer.concat(parts)
}

interface Numbers {
  /** Of the first keyframe. */
  readonly first: number
  readonly pts: readonly number[]
}

class PacketKeyframesInspection implements SegmentInspection {
  readonly empty: boolean
  readonly firstPts: number | undefined
  readonly times: readonly number[]
  readonly keyframes: readonly number[] | undefined
  readonly signature: string
  readonly plain: TransportInspection
  readonly #pictures: readonly PushedPicture[]
  readonly #numbers: Numbers

  constructor(plain: TransportInspection, pictures: readonly PushedPicture[], numbers: Numbers) {
    this.plain = plain
    this.empty = plain.empty
    this.firstPts = plain.firstPts
    this.times = plain.times
    this.keyframes = plain.keyframes
    this.signature = plain.signature
    this.#pictures = pictures
    this.#numbers = numbers
  }

  /** A full decode needs every picture, as it came. */
  rewrites(whole: boolean): boolean {
    return !whole
  }

  bytesFor(needs: DecoderNeeds): Buffer {
    if (needs.whole) return this.plain.bytesFor(needs)
    if (this.#pictures.length === 0) return Buffer.alloc(0)
    const head = headOf(this.plain.track?.streamType === HEVC)
    const fragment = writeFragment(withPushers(this.#pictures, head))
    return needs.first ? Buffer.concat([writeMp4Head(head), fragment]) : fragment
  }

  ptsAt(ticks: number): number | undefined {
    return this.#numbers.pts[ticks / TICKS_APART - this.#numbers.first]
  }
}

/** Size, colours and parameters stand in the pictures themselves. */
function headOf(isHevc: boolean): Mp4Head {
  return {
    trackId: 1,
    timescale: 90_000,
    codec: isHevc ? 'hevc' : 'avc',
    entryType: isHevc ? 'hev1' : 'avc3',
    width: 0,
    height: 0,
    config: isHevc ? HEVC_CONFIG : H264_CONFIG,
    colours: undefined,
    matrices: [UPRIGHT, UPRIGHT],
    lengthBytes: LENGTH_BYTES,
    defaults: { duration: 0, size: 0, flags: 0 },
  }
}

/** ISO/IEC 14496-15, 5.3.3.1: lengths of four bytes, no parameter sets. */
const H264_CONFIG = Buffer.from([1, 0, 0, 0, 0xff, 0xe0, 0])
/** The same, 8.3.3.1. */
const HEVC_CONFIG = Buffer.from([1, ...Buffer.alloc(20), 0xff, 0])
const UPRIGHT = Buffer.from(
  Uint8Array.of(0, 1, 0, 0, ...Array(12).fill(0), 0, 1, 0, 0, ...Array(12).fill(0), 0x40, 0, 0, 0),
)
