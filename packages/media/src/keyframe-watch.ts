import type { Segment } from './segment.js'

/** What the keyframes of one segment are. Milliseconds of stream time, ascending. */
export interface SegmentKeyframes {
  readonly times: readonly number[]
  /** Its first picture is one. */
  readonly first: boolean
}

/** Says of each segment of a stream whether its keyframes are enough to look at, or whether it has to be decoded in full. */
export class KeyframeWatch {
  readonly #longestMs: number
  #lastMs: number | undefined
  #endMs = 0
  /** From here on no keyframe was late. */
  #frequentSinceMs: number | undefined
  #whole = false

  /** `longestMs`: a stream without a keyframe for so long is decoded in full. */
  constructor(longestMs: number) {
    this.#longestMs = longestMs
  }

  /** True when the segments now are decoded in full. */
  get whole(): boolean {
    return this.#whole
  }

  /** Takes the next segment; says whether it breaks with what was before. */
  take(segment: Segment, keyframes: SegmentKeyframes): { broken: boolean } {
    const start = segment.streamTimeMs
    const broken = segment.discontinuity || start - this.#endMs >= this.#longestMs
    if (broken || this.#lastMs === undefined || this.#lastMs > start) this.#lastMs = start
    const wasFrequent = this.#isFrequentAt(start)
    this.#endMs = start + segment.durationMs
    for (const time of keyframes.times) this.#step(time, time)
    this.#step(this.#endMs)
    // Only at a keyframe: the decoder that takes over begins with one.
    if (this.#whole && wasFrequent && keyframes.first && this.#isFrequentAt(start)) this.#whole = false
    return { broken }
  }

  #step(toMs: number, keyframeMs?: number): void {
    const late = toMs - (this.#lastMs ?? toMs) >= this.#longestMs
    if (late) {
      this.#whole = true
      this.#frequentSinceMs = keyframeMs
    }
    if (keyframeMs !== undefined) {
      this.#lastMs = keyframeMs
      this.#frequentSinceMs ??= keyframeMs
    }
  }

  #isFrequentAt(ms: number): boolean {
    return this.#frequentSinceMs !== undefined && ms - this.#frequentSinceMs >= this.#longestMs
  }
}
