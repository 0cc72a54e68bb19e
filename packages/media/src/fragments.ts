import { BoxReader, type Box } from './box-reader.js'
import { readFragmentTimes, readTimescale, type FragmentTimes } from './fragment-times.js'
import { MediaFileError } from './media-file.js'
import { isTooMany } from './picture-clock.js'
import type { Segment } from './segment.js'

/** As long as a segment of a stream may be: of a group of pictures that is longer the rest would not be looked at. */
const LONGEST_MS = 60_000
/** A group of pictures of 10 s at 50 Mbit/s. */
const MOST_BYTES = 64 * 2 ** 20

/** A group of pictures: one fragment, or several of which only the first begins with a keyframe. */
interface Group {
  readonly startMs: number
  readonly lastMs: number
  readonly endMs: number
  readonly pictures: number
  readonly bytes: number
  readonly parts: readonly Buffer[]
}

/** Makes segments out of a fragmented MP4 stream of one track: each a group of pictures behind the head of the stream. */
export class Fragments {
  readonly #boxes = new BoxReader(MOST_BYTES)
  #head: Buffer[] = []
  #timescale = 0
  #moof: Buffer | undefined
  #group: Group | undefined
  #sequence = 0
  #pictureBytes = 0
  #seconds = 0

  /** Of all segments so far, as long as each is looked at. */
  get seconds(): number {
    return this.#seconds
  }

  /** Of all pictures so far. */
  get pictureBytes(): number {
    return this.#pictureBytes
  }

  /** Nothing is left over of what came, but for the last group. */
  get whole(): boolean {
    return this.#boxes.empty && this.#moof === undefined && (this.#sequence > 0 || this.#group !== undefined)
  }

  /**
   * Takes the next bytes, cut anywhere. Throws RangeError for what is no such stream, or a group that is too long, MediaFileError for
   * pictures at times that nobody can see.
   */
  *push(chunk: Buffer): Generator<Segment> {
    for (const box of this.#boxes.push(chunk)) yield* this.#take(box)
  }

  /** No more bytes: gives the last group. */
  *end(): Generator<Segment> {
    if (this.#group !== undefined) yield this.#makeSegment(this.#group)
    this.#group = undefined
  }

  *#take({ type, bytes }: Box): Generator<Segment> {
    if (type === 'ftyp' || type === 'moov') this.#head.push(bytes)
    if (type === 'moov') this.#timescale = readTimescale(bytes.subarray(8))
    if (type === 'moof') this.#moof = bytes
    if (type !== 'mdat' || this.#moof === undefined) return
    const moof = this.#moof
    this.#moof = undefined
    this.#pictureBytes += bytes.length
    const times = readFragmentTimes(moof.subarray(8), this.#timescale)
    if (times.isSync) yield* this.end()
    this.#group = addTo(this.#group, times, [moof, bytes])
  }

  #makeSegment({ startMs, lastMs, endMs, pictures, parts }: Group): Segment {
    if (lastMs - startMs > LONGEST_MS) throw new RangeError(`no keyframe for more than ${LONGEST_MS} ms`)
    if (isTooMany(pictures, endMs - startMs))
      throw new MediaFileError('MEDIA_FILE_DAMAGED', `${pictures} pictures within ${endMs - startMs} ms`)
    const sequence = this.#sequence
    this.#sequence += 1
    // The last picture may stand until the recording went on, an hour later.
    const durationMs = Math.max(1, Math.min(endMs - startMs, LONGEST_MS))
    this.#seconds += durationMs / 1000
    return {
      sequence,
      streamTimeMs: startMs,
      durationMs,
      bytes: Buffer.concat([...this.#head, ...parts]),
      discontinuity: false,
    }
  }
}

function addTo(group: Group | undefined, times: FragmentTimes, parts: readonly Buffer[]): Group {
  const size = parts.reduce((sum, { length }) => sum + length, 0)
  if (group === undefined) return { ...times, bytes: size, parts }
  const bytes = group.bytes + size
  if (bytes > MOST_BYTES) throw new RangeError(`no keyframe for more than ${MOST_BYTES} bytes`)
  const { lastMs, endMs } = times
  return {
    ...group,
    lastMs,
    endMs,
    bytes,
    pictures: group.pictures + times.pictures,
    parts: [...group.parts, ...parts],
  }
}
