import type { Sample } from './mp4-fragments.js'
import type { Mp4Head } from './mp4-head.js'
import { H264, HEVC, readPictureHead, splitLengths, type PictureHead } from './nal-units.js'
import { earliestOf } from './picture-clock.js'
import { withPushers } from './pushers.js'
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
  readonly plain = null
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
    this.firstPts = earliestOf(this.times)
  }

  rewrites(): boolean {
    return true
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

  #keyframesOnly(): WrittenSample[] {
    const { pictures, head } = this.#parts
    const keyframes = pictures.filter(({ isKeyframe }) => isKeyframe)
    return withPushers(
      keyframes.map(({ bytes, firstSlice, pts }) => ({ bytes, firstSlice, ticks: pts + PTS_RANGE })),
      head,
    )
  }
}

function wrap(ticks: number): number {
  return ((ticks % PTS_RANGE) + PTS_RANGE) % PTS_RANGE
}
