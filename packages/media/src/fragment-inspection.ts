import type { Sample } from './mp4-fragments.js'
import type { Mp4Head } from './mp4-head.js'
import { H264, HEVC, readPictureHead, splitLengths, type PictureHead } from './nal-units.js'
import type { DecoderNeeds, SegmentInspection } from './segment-inspection.js'
import { writeFragment, type WrittenSample } from './write-mp4.js'

/** A sample with what its first NAL units say. */
export interface CodedPicture extends Sample, Omit<PictureHead, 'isKeyframe'> {
  readonly isKeyframe: boolean
}

/** What kind it is, is said by the picture itself, as to the decoder; the container's word counts only where no slice is found. */
export function readPicture(sample: Sample, { codec, lengthBytes }: Mp4Head): CodedPicture {
  const { isKeyframe = sample.sync, ...head } = readPictureHead(
    splitLengths(sample.bytes, lengthBytes),
    codec === 'hevc' ? HEVC : H264,
  )
  return { ...sample, ...head, isKeyframe }
}

/** PTS have 33 bits here, as in a transport stream. */
const PTS_RANGE = 2 ** 33

export interface FragmentParts {
  readonly head: Mp4Head
  /** The head for a decoder. */
  readonly headBytes: Buffer
  /** In order of decoding, times ascending. */
  readonly pictures: readonly CodedPicture[]
  readonly signature: string
  /** Decoding is told so much earlier, since a picture must not be shown before it. */
  readonly earlier: number
}

/**
 * What the fragments of one segment say. The decoder gets fragments of our own with the same samples, so that no box of the media
 * reaches a process that lives on; one that decodes keyframes only is given nothing else.
 */
export class FragmentInspection implements SegmentInspection {
  readonly empty = false
  readonly firstPts: number | undefined
  readonly times: readonly number[]
  readonly keyframes: readonly number[]
  readonly signature: string
  readonly #parts: FragmentParts

  constructor(parts: FragmentParts) {
    const { pictures, signature } = parts
    this.#parts = parts
    this.signature = signature
    this.times = pictures.map(({ pts }) => wrap(pts))
    this.keyframes = pictures.filter(({ isKeyframe }) => isKeyframe).map(({ pts }) => wrap(pts))
    this.firstPts = this.times[0]
  }

  bytesFor({ first, whole }: DecoderNeeds): Buffer {
    const samples = whole ? this.#all() : this.#keyframesOnly()
    if (samples.length === 0) return Buffer.alloc(0)
    const fragment = writeFragment(samples)
    return first ? Buffer.concat([this.#parts.headBytes, fragment]) : fragment
  }

  /** The range on top keeps times above zero. */
  #all(): WrittenSample[] {
    const { pictures, earlier } = this.#parts
    return pictures.map(({ bytes, dts, pts }) => ({
      bytes,
      dts: dts + PTS_RANGE - earlier,
      pts: pts + PTS_RANGE,
    }))
  }

  /** Decoding time is that of showing, since nothing stands between keyframes; a demuxer would wait to see the order else. */
  #keyframesOnly(): WrittenSample[] {
    const { pictures, head } = this.#parts
    return pictures
      .filter(({ isKeyframe }) => isKeyframe)
      .flatMap((picture) => {
        const pts = picture.pts + PTS_RANGE
        const [shown, pusher] = withPusher(picture, head)
        return [
          { bytes: shown, dts: pts, pts },
          { bytes: pusher, dts: pts + 1, pts: pts + 1 },
        ]
      })
  }
}

/** End of the sequence: type 10 with a reference bit, since decoders that skip pictures skip what is without. */
const H264_END = Buffer.from([0x6a])
/** End of the sequence: type 36. */
const HEVC_END = Buffer.from([0x48, 0x01])
/** The head of a slice ends within these, with the entry points of 17 rows and more. */
const PUSHER_BYTES = 1024

/**
 * A decoder holds a keyframe back until it has seen as many pictures as the stream reorders. H.264: at the end of a sequence it gives
 * what it holds, a picture each time. HEVC: it gives one when the next picture begins, so the beginning of the same one is
 * put behind, at an odd tick where nobody looks at it.
 */
function withPusher({ bytes, firstSlice }: CodedPicture, { codec, lengthBytes }: Mp4Head): [Buffer, Buffer] {
  if (codec === 'avc') return [bytes, toUnits([H264_END], lengthBytes)]
  const longest = Math.min(PUSHER_BYTES, 2 ** (8 * lengthBytes) - 1)
  const start = firstSlice?.subarray(0, longest)
  const end = toUnits([HEVC_END], lengthBytes)
  return [Buffer.concat([end, bytes]), toUnits([HEVC_END, ...(start === undefined ? [] : [start])], lengthBytes)]
}

function toUnits(units: readonly Buffer[], lengthBytes: number): Buffer {
  const parts = units.flatMap((unit) => {
    const length = Buffer.alloc(lengthBytes)
    length.writeUIntBE(unit.length, 0, lengthBytes)
    return [length, unit]
  })
  return Buffer.concat(parts)
}

function wrap(ticks: number): number {
  return ((ticks % PTS_RANGE) + PTS_RANGE) % PTS_RANGE
}
