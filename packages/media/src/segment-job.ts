import { PictureClock, wrap } from './picture-clock.js'
import { releasePicture } from './picture-memory.js'
import type { DecodedSegment, Picture, Segment } from './segment.js'
import type { SegmentKeyframes } from './keyframe-watch.js'
import type { PictureTime } from './picture-reader.js'
import type { DecoderNeeds, SegmentInspection } from './segment-inspection.js'

/** Closer than two pictures at 130 a second: whatever is shown so is not what came. */
const LEAST_SECONDS = 1 / 130 - 0.0005

/** A segment on its way through a decoder. */
export class SegmentJob {
  readonly segment: Segment
  /** Undefined when nothing is known of it, and its own bytes go to the decoder. */
  inspection: SegmentInspection | undefined
  /** It would have been decoded in full, but for want of a place. */
  crowdedOut = false
  readonly result: Promise<DecodedSegment>
  outcome: DecodedSegment | undefined
  pictures: Picture[] = []
  /** Pictures that came out of the decoder, sampled or not. */
  decoded = 0
  /** PTS of pictures that have not come out yet, in order: keyframes, or all in a full decode; undefined when that cannot be told. */
  awaited: number[] | undefined
  /** Its pictures came at times at which they cannot have been shown. */
  isMistimed = false
  #lastSeconds: number | undefined
  /** Came too soon behind another: whether it is kept is known when the next comes. */
  #held: Picture | undefined
  #clock: PictureClock | undefined
  #tell: ((pts: number) => number | undefined) | undefined
  #release: (result: DecodedSegment) => void = () => undefined

  constructor(segment: Segment, inspection?: SegmentInspection) {
    this.segment = segment
    this.inspection = inspection
    this.result = new Promise((resolve) => (this.#release = resolve))
  }

  /** Begins a run, which forgets what an earlier one gave. `whole`: it decodes every picture. */
  begin(whole: boolean): void {
    if (this.#held !== undefined) releasePicture(this.#held)
    this.#held = undefined
    this.pictures = []
    this.decoded = 0
    this.isMistimed = false
    this.#lastSeconds = undefined
    this.#tell = this.#readClock()?.teller()
    const { keyframes, times } = this.inspection ?? {}
    this.awaited = keyframes === undefined ? undefined : [...(whole ? (times ?? []) : keyframes)]
  }

  /**
   * Keeps a picture that is so much behind the one kept before. One that comes sooner is kept when it stands for as long: what begins
   * shortly behind a keyframe and goes on for seconds would be seen by nobody.
   */
  offer(picture: Picture, lastMs: number | undefined, leastMs: number): void {
    this.endOffers(leastMs, picture.streamTimeMs)
    const before = this.pictures.at(-1)?.streamTimeMs ?? lastMs
    if (before === undefined || Math.abs(picture.streamTimeMs - before) >= leastMs) this.pictures.push(picture)
    else this.#held = picture
  }

  /** What waits stands until then, or to the end of the segment. */
  endOffers(leastMs: number, untilMs = this.segment.streamTimeMs + this.segment.durationMs): void {
    const held = this.#held
    this.#held = undefined
    if (held === undefined) return
    if (untilMs - held.streamTimeMs >= leastMs) this.pictures.push(held)
    else releasePicture(held)
  }

  /** What is written to a decoder. */
  bytesFor(needs: DecoderNeeds): Buffer {
    return this.inspection?.bytesFor(needs) ?? this.segment.bytes
  }

  /** From now on it goes to a decoder as it came. */
  makePlain(): void {
    const { plain } = this.inspection ?? {}
    if (plain !== undefined) this.inspection = plain ?? undefined
  }

  /** True when a decoder is given MP4 of our own for it. `whole`: it decodes every picture. */
  isRewritten(whole: boolean): boolean {
    return this.inspection?.rewrites(whole) === true
  }

  /** When its keyframes are; undefined when its packets do not tell. */
  get keyframes(): SegmentKeyframes | undefined {
    const { keyframes, times } = this.inspection ?? {}
    if (keyframes === undefined) return undefined
    const tell = this.#readClock()?.teller()
    const inOrder = keyframes.map((pts) => this.#placeOf(tell?.(pts))).sort((one, other) => one - other)
    return { times: inOrder, first: keyframes[0] !== undefined && keyframes[0] === times?.[0] }
  }

  /** Hands the outcome to whoever fed the segment. */
  release(): void {
    if (this.outcome !== undefined) this.#release(this.outcome)
  }

  /** Takes a PTS off the awaited ones. True when it was one. */
  strike(pts: number): boolean {
    const at = this.awaited?.indexOf(pts) ?? -1
    if (at !== -1) this.awaited?.splice(at, 1)
    return at !== -1
  }

  /** True when a picture of this PTS can lie within the segment by its own clock. */
  covers(pts: number): boolean {
    const offset = this.#readClock()?.offsetOf(pts)
    return offset !== undefined && offset >= 0 && offset < this.segment.durationMs
  }

  /** True when its pictures cannot be chosen by their times. */
  get isImpossible(): boolean {
    return this.#readClock()?.isImpossible === true
  }

  /** Where a picture that was given lies on the stream's clock: never outside of its segment, whatever its PTS claims. */
  place(time: PictureTime): number {
    if (this.inspection === undefined) return this.#placeBySeconds(time.seconds ?? 0)
    const pts = ptsOf(time)
    return this.#placeOf(pts === undefined ? undefined : this.#tell?.(pts))
  }

  #placeBySeconds(seconds: number): number {
    this.isMistimed ||= this.#lastSeconds !== undefined && seconds - this.#lastSeconds < LEAST_SECONDS
    this.#lastSeconds = seconds
    return this.#placeOf(seconds * 1000)
  }

  #placeOf(offset: number | undefined): number {
    const { streamTimeMs, durationMs } = this.segment
    return streamTimeMs + Math.round(Math.max(0, Math.min(offset ?? 0, durationMs - 1)))
  }

  #readClock(): PictureClock | undefined {
    if (this.inspection === undefined) return undefined
    this.#clock ??= new PictureClock(this.inspection, this.segment.durationMs)
    return this.#clock
  }
}

/** When the last picture was taken of a job or those in front of it, in milliseconds of stream time. */
export function lastTakenUpTo(job: SegmentJob, order: readonly SegmentJob[]): number | undefined {
  for (let at = order.indexOf(job); at >= 0; at -= 1) {
    const last = order[at]?.pictures.at(-1)
    if (last !== undefined) return last.streamTimeMs
  }
  return undefined
}

/** The PTS of a picture as it stood in its packet: the decoder unfolds the 33 bits. */
export function ptsOf({ ticks }: PictureTime): number | undefined {
  return ticks === undefined ? undefined : wrap(ticks)
}
