/** A segment of a live stream as it came in. Times in milliseconds of stream time. */
export interface Segment {
  readonly sequence: number
  readonly streamTimeMs: number
  readonly durationMs: number
  readonly bytes: Buffer
  readonly discontinuity: boolean
}

/** A decoded picture: rows from the top, three bytes (red, green, blue) a pixel, no padding; at most 1280x720. */
export interface Picture {
  readonly streamTimeMs: number
  readonly width: number
  readonly height: number
  readonly rgb: Buffer
}

/** `overload`: it would have to be decoded in full, and as many streams as may be are. */
export type FailureReason = 'decoder-failed' | 'no-keyframe' | 'timeout' | 'overload'

export type DecodedSegment =
  | { readonly sequence: number; readonly outcome: 'decoded'; readonly pictures: readonly Picture[] }
  | {
      readonly sequence: number
      readonly outcome: 'failed'
      readonly reason: FailureReason
      readonly detail: string
    }

export type MediaType = 'video/mp2t' | 'video/mp4' | 'video/x-matroska'
