/** Says of each segment of a stream whether its keyframes are enough to look at, or whether it has to be decoded in full. */ export class KeyframeWatch {
  #longestMs
  #lastMs
  #endMs = 0
  /** From here on no keyframe was late. */ #frequentSinceMs
  #whole = false
  /** `longestMs`: a stream without a keyframe for so long is decoded in full. */ constructor(longestMs) {
    this.#longestMs = longestMs
  }
  /** True when the segments now are decoded in full. */ get whole() {
    return this.#whole
  }
  /** Takes the next segment; says whether it breaks with what was before. */ take(segment, keyframes) {
    const start = segment.streamTimeMs
    const broken = segment.discontinuity || start - this.#endMs >= this.#longestMs
    if (broken || this.#lastMs === undefined || this.#lastMs > start) this.#lastMs = start
    const wasFrequent = this.#isFrequentAt(start)
    this.#endMs = start + segment.durationMs
    for (const time of keyframes.times) this.#step(time, time)
    this.#step(this.#endMs)
    // Only at a keyframe: the decoder that takes over begins with one.
    if (this.#whole && wasFrequent && keyframes.first && this.#isFrequentAt(start)) this.#whole = false
    return {
      broken,
    }
  }
  #step(toMs, keyframeMs) {
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
  #isFrequentAt(ms) {
    return this.#frequentSinceMs !== undefined && ms - this.#frequentSinceMs >= this.#longestMs
  }
}

//# sourceMappingURL=keyframe-watch.js.map
