export interface DecoderLimits {
  /** One picture is taken each so many milliseconds of stream time. */
  readonly intervalMs: number
  /** A stream without a keyframe for so long, in stream time, is decoded in full until keyframes are frequent again. */
  readonly noKeyframeMs: number
  /** So long may a segment that is next in turn take, in wall time. */
  readonly deadlineMs: number
  /** So much CPU time may a segment use, charged while it is next in turn. */
  readonly cpuMs: number
  /** A decoder that gives nothing for so long, and has nothing to do, gives nothing more. */
  readonly silenceMs: number
  /** Segments that may wait or run at once. */
  readonly maxOutstanding: number
  /**
   * So many pictures are a decoder of MP4's age: its demuxer keeps a note of each, 35 bytes. It is replaced where that costs no
   * picture, at ten times as many in any case.
   */
  readonly maxNoted: number
  /** So many pictures may a segment of this duration give. */
  maxPictures(durationMs: number): number
}

/** Pictures a second: above the 120 of the fastest usual streams. */
const MAX_RATE = 130

export const defaultLimits: DecoderLimits = {
  intervalMs: 2000,
  noKeyframeMs: 10_000,
  deadlineMs: 20_000,
  cpuMs: 10_000,
  silenceMs: 4000,
  maxOutstanding: 64,
  // Two hours at 30 a second, 7.6 MB.
  maxNoted: 2 * 3600 * 30,
  maxPictures: (durationMs) => 2 + Math.ceil((durationMs / 1000) * MAX_RATE),
}
