import { isOfField, readFrameRules, type FrameRules } from './h264-parameters.js'
import { Fields, ifUnderstood } from './mp4-boxes.js'
import type { Mp4Head } from './mp4-head.js'
import { beginsPicture, H264, HEVC, isSlice, knowsCodec, splitLengths } from './nal-units.js'
import type { VideoTrack } from './program-tables.js'
import { PACKET_BYTES, payloadStart } from './transport-packets.js'

const START_CODE = Buffer.from([0, 0, 1])
/** What is asked of a unit stands within these, its start code included; of parameters more is taken where it is there. */
const UNIT_BYTES = 20
/** A picture of 8K in HEVC has 600 slices: what has more units is not counted to its end. */
const MOST_UNITS = 4096
const NOTHING = Buffer.alloc(0)

/**
 * True when a packet of this elementary stream holds more than one picture, two fields of one left out: such a packet has one time and
 * one head for all of them. In time linear in the input.
 */
export function arePicturesPacked(aligned: Buffer, track: VideoTrack): boolean {
  if (!knowsCodec(track.streamType)) return false
  const scan = new PacketScan(aligned, track.streamType)
  for (let at = 0; at + PACKET_BYTES <= aligned.length && !scan.isPacked; at += PACKET_BYTES) {
    if ((aligned.readUInt16BE(at + 1) & 0x1fff) === track.pid) scan.take(at)
  }
  scan.end()
  return scan.isPacked
}

/** Looks for what begins in the packets of one stream, one behind the other. */
class PacketScan {
  readonly #aligned: Buffer
  readonly #counter: PictureCounter
  /** A unit that goes over the end of a packet. */
  #open: Buffer = NOTHING
  #hit: number

  constructor(aligned: Buffer, streamType: number) {
    this.#aligned = aligned
    this.#counter = new PictureCounter(streamType)
    this.#hit = this.#find(0)
  }

  get isPacked(): boolean {
    return this.#counter.isPacked
  }

  take(at: number): void {
    const aligned = this.#aligned
    const isStart = ((aligned[at + 1] ?? 0) & 0x40) !== 0
    const [start, end] = [at + payloadStart(aligned, at), at + PACKET_BYTES]
    if (this.#open.length > 0) this.#counter.takeOver(this.#open, isStart ? NOTHING : aligned.subarray(start, end))
    if (isStart) this.#counter.begin()
    this.#open = aligned[end - 1] === 0 ? aligned.subarray(Math.max(start, end - 2), end) : NOTHING
    if (this.#hit < start) this.#hit = this.#find(start)
    for (; this.#hit < end; this.#hit = this.#find(this.#hit + 3)) this.#takeUnit(end)
  }

  end(): void {
    this.#counter.takeOver(this.#open, NOTHING)
  }

  #takeUnit(end: number): void {
    if (this.#hit + UNIT_BYTES > end) this.#open = this.#aligned.subarray(this.#hit, end)
    else this.#counter.take(this.#aligned.subarray(this.#hit + START_CODE.length, end))
  }

  #find(from: number): number {
    const at = this.#aligned.indexOf(START_CODE, from)
    return at === -1 ? Infinity : at
  }
}

/** The same of samples of MP4: a decoder is given each as one picture. */
export function areSamplesPacked(samples: readonly Buffer[], head: Mp4Head): boolean {
  const counter = new PictureCounter(head.codec === 'hevc' ? HEVC : H264)
  if (head.codec === 'avc') for (const set of readSets(head.config)) counter.take(set)
  return samples.some((sample) => {
    counter.begin()
    for (const unit of splitLengths(sample, head.lengthBytes)) counter.take(unit)
    return counter.isPacked
  })
}

/** The sequence parameters in an avcC box (ISO/IEC 14496-15, 5.3.3.1). */
function readSets(config: Buffer): Buffer[] {
  const read = (): Buffer[] => {
    const fields = new Fields(config.subarray(5))
    return Array.from({ length: fields.u8() & 0x1f }, () => fields.bytes(fields.u16()))
  }
  return ifUnderstood(read) ?? []
}

/** Counts the pictures that begin in a packet. */
class PictureCounter {
  readonly #streamType: number
  #rules: FrameRules | undefined
  #count = 0
  #units = 0

  constructor(streamType: number) {
    this.#streamType = streamType
  }

  get isPacked(): boolean {
    return this.#count > 1 || this.#units > MOST_UNITS
  }

  /** The next packet. */
  begin(): void {
    if (this.isPacked) return
    this.#count = 0
    this.#units = 0
  }

  /** A unit without its start code, up to where it is cut. */
  take(unit: Buffer): void {
    this.#units += 1
    if (this.#streamType === H264) this.#takeH264(unit)
    else if (!isInLayer(unit) && this.#begins(unit)) this.#count += 1
  }

  #takeH264(unit: Buffer): void {
    if (((unit[0] ?? 0) & 0x1f) === PARAMETERS) this.#rules = ifUnderstood(() => readFrameRules(unit)) ?? this.#rules
    if (!this.#begins(unit)) return
    const rules = this.#rules
    const isField = rules !== undefined && ifUnderstood(() => isOfField(unit, rules)) === true
    // The second field of a picture begins as the first does.
    this.#count += isField ? 0.5 : 1
  }

  #begins(unit: Buffer): boolean {
    return isSlice(unit, this.#streamType) && beginsPicture(unit, this.#streamType)
  }

  /** What begins in a packet's end and goes on in the next. */
  takeOver(open: Buffer, more: Buffer): void {
    const both = Buffer.concat([open, more.subarray(0, UNIT_BYTES)])
    for (let at = both.indexOf(START_CODE); at !== -1 && at < open.length; at = both.indexOf(START_CODE, at + 3)) {
      this.take(both.subarray(at + 3))
    }
  }
}

const PARAMETERS = 7

/** Of HEVC: what lies over the picture in layers is none of its own. */
function isInLayer(unit: Buffer): boolean {
  return ((unit[0] ?? 0) & 1) !== 0 || (unit[1] ?? 0) >> 3 !== 0
}
