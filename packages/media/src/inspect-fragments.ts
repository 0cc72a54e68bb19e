import { createHash } from 'node:crypto'
import { bodyOf, ifUnderstood, NotUnderstoodError, PartlySeenError, readBoxes, type Box } from './mp4-boxes.js'
import { FragmentInspection, readPicture, type CodedPicture } from './fragment-inspection.js'
import { readFragments } from './mp4-fragments.js'
import { readMp4Head, type Mp4Head } from './mp4-head.js'
import { assertWhollySeen } from './mp4-pictures.js'
import { readMp4Times } from './mp4-times.js'
import { areSamplesPacked } from './packed-pictures.js'
import { areCrowded } from './picture-clock.js'
import { MISTIMED, refusedInspection, type SegmentInspection } from './segment-inspection.js'
import type { Segment } from './segment.js'
import { writeMp4Head } from './write-mp4.js'

/** So far may the clock of a stream step forward within one decoder: 10 s. */
const LONGEST_STEP = 10 * 90_000

/** Half a second. */
const STEP = 45_000

/** Reads the fMP4 segments of one stream: each with its head in front, one picture track of H.264 or HEVC. */
export class FragmentInspector {
  /** Counts breaks of the clock. */
  #epoch = 0
  #earlier = 0
  #lastDts = Infinity
  #lastKeyframe = -Infinity
  #parameterSets = ''

  /**
   * Reads boxes and heads of pictures, in time linear in the bytes. Undefined for whatever is not understood: such a segment has to
   * be decoded from its own bytes. Refused where a decoder would give only a part of it.
   */
  inspect(segment: Segment): SegmentInspection | undefined {
    try {
      assertWhollySeen(segment.bytes)
      // Why it is not understood is of no use: the decoder says its own.
      const read = ifUnderstood(() => this.#read(segment))
      if (read !== undefined) return read
    } catch (error) {
      if (error instanceof PartlySeenError) return refusedInspection(error.message)
      throw error
    }
    // Of such a segment a decoder tells the times of its keyframes only.
    return areCrowded(readMp4Times(segment.bytes)) ? refusedInspection(MISTIMED) : undefined
  }

  #read({ bytes, discontinuity }: Segment): SegmentInspection {
    const boxes = readBoxes(bytes)
    assertHeadInFront(boxes)
    const head = readMp4Head(bodyOf(boxes, 'moov'))
    const samples = readFragments(bytes, boxes, head)
    const content = samples.map((sample) => sample.bytes)
    if (areSamplesPacked(content, head)) throw new PartlySeenError('several pictures in one sample')
    const pictures = samples.map((sample) => readPicture(sample, head))
    return this.#place(head, pictures, discontinuity)
  }

  #place(head: Mp4Head, pictures: readonly CodedPicture[], discontinuity: boolean): SegmentInspection {
    if (pictures.length === 0) throw new NotUnderstoodError('no picture in it')
    const keyframes = pictures.filter(({ isKeyframe }) => isKeyframe)
    assertAscending(pictures, 'dts', 0)
    assertAscending(keyframes, 'pts', 1)
    const earlier = findEarlier(pictures)
    const goesOn = !discontinuity && earlier <= this.#earlier && this.#continues(pictures[0], keyframes[0])
    if (!goesOn) this.#beginEpoch(earlier)
    this.#note(pictures, keyframes)
    const headBytes = writeMp4Head(head)
    const signature = `${this.#epoch}:${digest([headBytes])}:${this.#parameterSets}`
    return new FragmentInspection({ head, headBytes, pictures, signature, earlier: this.#earlier })
  }

  #beginEpoch(earlier: number): void {
    this.#epoch += 1
    this.#earlier = earlier
  }

  #continues(first: CodedPicture | undefined, keyframe: CodedPicture | undefined): boolean {
    if (first === undefined) return false
    const step = first.dts - this.#lastDts
    return step > 0 && step <= LONGEST_STEP && (keyframe === undefined || keyframe.pts > this.#lastKeyframe)
  }

  #note(pictures: readonly CodedPicture[], keyframes: readonly CodedPicture[]): void {
    this.#lastDts = pictures.at(-1)?.dts ?? this.#lastDts
    const [first] = keyframes
    // A segment without a keyframe has no parameter sets in front of one; those of before hold.
    if (first === undefined) return
    this.#lastKeyframe = keyframes.at(-1)?.pts ?? first.pts
    this.#parameterSets = digest(first.parameterSets)
  }
}

/**
 * How much earlier decoding has to be told, in steps of half a second; 0 for most, since only few packagers show pictures before
 * they are decoded. No more than is needed: where times of showing are faulty, a decoder takes those of decoding.
 */
function findEarlier(pictures: readonly CodedPicture[]): number {
  const most = pictures.reduce((longest, { dts, pts }) => Math.max(longest, dts - pts), 0)
  return Math.ceil(most / STEP) * STEP
}

function assertHeadInFront(boxes: readonly Box[]): void {
  const first = boxes.find(({ type }) => type === 'moov' || type === 'moof')
  if (first?.type !== 'moov') throw new NotUnderstoodError('no head in front')
}

function assertAscending(pictures: readonly CodedPicture[], clock: 'dts' | 'pts', least: number): void {
  const isBroken = pictures.some((picture, at) => {
    const before = pictures[at - 1]
    return before !== undefined && picture[clock] - before[clock] < least
  })
  if (isBroken) throw new NotUnderstoodError('a clock that goes backwards')
}

function digest(parts: readonly Buffer[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('base64')
}
