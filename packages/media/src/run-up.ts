import { SegmentJob } from './segment-job.js'

/** A stream of 12 Mbit/s fills this in 11 s. */
const MOST_BYTES = 16 * 2 ** 20

/** 80 s at 25 a second: a decoder goes through them in a few seconds. */
const SOON_DECODED = 2000

/** The segments since the last keyframe, for a decoder that has to begin there. Costs the bytes of one group of pictures a stream. */
export class RunUp {
  #held: SegmentJob[] = []
  #bytes = 0
  #pictures = 0

  /** There is a keyframe to begin at, and a decoder is soon where it should be. */
  get isShort(): boolean {
    return this.#held.length > 0 && this.#pictures <= SOON_DECODED
  }

  /** The segments in front of this one, or in front of the next. */
  before(job: SegmentJob): SegmentJob[] {
    const at = this.#held.findIndex(({ segment }) => segment === job.segment)
    const held = at === -1 ? this.#held : this.#held.slice(0, at)
    return held.map(({ segment, inspection }) => new SegmentJob(segment, inspection))
  }

  /** Takes the next segment. One with a keyframe needs nothing in front; too many bytes are given up. */
  take({ segment, inspection }: SegmentJob): void {
    const begins = (inspection?.keyframes?.length ?? 0) > 0
    if (begins) this.forget()
    if (!begins && this.#held.length === 0) return
    this.#held.push(new SegmentJob(segment, inspection))
    this.#bytes += segment.bytes.length
    this.#pictures += inspection?.times.length ?? 0
    if (this.#bytes > MOST_BYTES) this.forget()
  }

  forget(): void {
    this.#held = []
    this.#bytes = 0
    this.#pictures = 0
  }
}
