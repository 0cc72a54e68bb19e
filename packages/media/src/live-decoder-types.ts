import type { DecoderLimits } from './decoder-limits.js'
import type { FullPlaces } from './full-places.js'
import type { Sandbox } from './sandbox.js'
import type { DecodedSegment, MediaType, Segment } from './segment.js'
import type { Timers } from './timers.js'

export interface LiveDecoderOptions extends Partial<DecoderLimits> {
  readonly streamId: string
  readonly mediaType: MediaType
  readonly sandbox: Sandbox
  readonly timers?: Timers
  /** Shared by the streams of a machine; absent: a stream that has to be decoded in full is. */
  readonly fullPlaces?: FullPlaces
}

export interface LiveDecoder {
  readonly streamId: string
  readonly mediaType: MediaType
  /** Segments that have no result yet. */
  readonly outstanding: number
  /** The processes that run for this stream now. */
  readonly pids: readonly number[]
  /**
   * Decodes a segment; results come in the order of the calls. Bad media is a result, not an error. Rejects with RetriableError
   * when too many segments wait or the decoder is closed.
   */
  feed(segment: Segment): Promise<DecodedSegment>
  /** Takes no more segments, answers those it has, and ends its processes. */
  close(): Promise<void>
}
