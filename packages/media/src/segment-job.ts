import type { DecodedSegment, Picture, Segment } from './segment.js'
import type { TransportInspection } from './inspect-transport-stream.js'
import type { PictureTime } from './picture-reader.js'

/** PTS in a transport stream have 33 bits. */
const PTS_RANGE = 2 ** 33
const TICKS_PER_MS = 90

/** A segment on its way through a decoder. */
export class SegmentJob {
  readonly segment: Segment
  readonly inspection: TransportInspection | undefined
  readonly result: Promise<DecodedSegment>
  outcome: DecodedSegment | undefined
  pictures: Picture[] = []
  /** Pictures that came out of the decoder, sampled or not. */
  decoded = 0
  /** PTS of keyframes that have not come out yet, in order; undefined when that cannot be told. */
  awaited: number[] | undefined
  #release: (result: DecodedSegment) => void = () => undefined

  constructor(segment: Segment, inspection?: TransportInspection) {
    this.segment = segment
    this.inspection = inspection
    this.awaited = startAwaiting(inspection)
    this.result = new Promise((resolve) => (this.#release = resolve))
  }

  /** Forgets what an earlier run gave. */
  restart(): void {
    this.pictures = []
    this.decoded = 0
    this.awaited = startAwaiting(this.inspection)
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
    const offset = this.#offsetOf(pts)
    return offset !== undefined && offset >= 0 && offset < this.segment.durationMs
  }

  /** Where a picture lies on the stream's clock: never outside of its segment, whatever its PTS claims. */
  streamTimeOf(time: PictureTime): number {
    const { streamTimeMs, durationMs } = this.segment
    const offset = this.inspection === undefined ? (time.seconds ?? 0) * 1000 : this.#offsetOf(ptsOf(time))
    return streamTimeMs + Math.round(Math.max(0, Math.min(offset ?? 0, durationMs - 1)))
  }

  #offsetOf(pts: number | undefined): number | undefined {
    const first = this.inspection?.firstPts
    if (first === undefined || pts === undefined) return undefined
    const ticks = wrap(pts - first)
    return (ticks > PTS_RANGE / 2 ? ticks - PTS_RANGE : ticks) / TICKS_PER_MS
  }
}

/** The PTS of a picture as it stood in its packet: the decoder unfolds the 33 bits. */
export function ptsOf({ ticks }: PictureTime): number | undefined {
  return ticks === undefined ? undefined : wrap(ticks)
}

function wrap(ticks: number): number {
  return ((ticks % PTS_RANGE) + PTS_RANGE) % PTS_RANGE
}

function startAwaiting(inspection: TransportInspection | undefined): number[] | undefined {
  return inspection?.keyframes === undefined ? undefined : [...inspection.keyframes]
}
