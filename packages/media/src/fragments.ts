import { BoxReader, type Box } from './box-reader.js'
import { readFragmentTimes, readTimescale } from './fragment-times.js'
import type { Segment } from './segment.js'

/** As long as a segment of a stream may be: of a group of pictures that is longer the rest would not be looked at. */
const LONGEST_MS = 60_000
/** A group of pictures of 10 s at 50 Mbit/s. */
const MOST_BYTES = 64 * 2 ** 20

/** Makes segments out of a fragmented MP4 stream of one track: each a fragment behind the head of the stream. */
export class Fragments {
  readonly #boxes = new BoxReader(MOST_BYTES)
  #head: Buffer[] = []
  #timescale = 0
  #open: Buffer | undefined
  #sequence = 0

  /** Nothing is left over of what came. */
  get whole(): boolean {
    return this.#boxes.empty && this.#open === undefined && this.#sequence > 0
  }

  /** Takes the next bytes, cut anywhere. Throws RangeError for what is no such stream, or a fragment that is too long. */
  *push(chunk: Buffer): Generator<Segment> {
    for (const box of this.#boxes.push(chunk)) {
      const segment = this.#take(box)
      if (segment !== undefined) yield segment
    }
  }

  #take({ type, bytes }: Box): Segment | undefined {
    if (type === 'ftyp' || type === 'moov') this.#head.push(bytes)
    if (type === 'moov') this.#timescale = readTimescale(bytes.subarray(8))
    if (type === 'moof') this.#open = bytes
    if (type !== 'mdat' || this.#open === undefined) return undefined
    const segment = this.#makeSegment(this.#open, bytes)
    this.#open = undefined
    return segment
  }

  #makeSegment(moof: Buffer, media: Buffer): Segment {
    const { startMs, lastMs, endMs } = readFragmentTimes(moof.subarray(8), this.#timescale)
    if (lastMs - startMs > LONGEST_MS) throw new RangeError(`no keyframe for more than ${LONGEST_MS} ms`)
    const sequence = this.#sequence
    this.#sequence += 1
    return {
      sequence,
      streamTimeMs: startMs,
      // The last picture may stand until the recording went on, an hour later.
      durationMs: Math.max(1, Math.min(endMs - startMs, LONGEST_MS)),
      bytes: Buffer.concat([...this.#head, moof, media]),
      discontinuity: false,
    }
  }
}
