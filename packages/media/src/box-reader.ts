/** A box of the outermost level of an MP4 stream. */
export interface Box {
  readonly type: string
  /** All of it, with its head of 8 bytes. */
  readonly bytes: Buffer
}

const HEAD_BYTES = 8
const TOO_LONG_A_HEAD =
  'more than some 2,700 pictures within 10 s (frame rate): write it with fewer a second, as by ffmpeg -i FILE -r 60 NEW.mp4'

/** Cuts bytes, cut anywhere, into whole boxes; holds one of them at most. Throws RangeError for a box that is larger than `mostBytes`. */
export class BoxReader {
  readonly #mostBytes: number
  #held: Buffer[] = []
  #size = 0

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  /** Nothing of a box is left over. */
  get empty(): boolean {
    return this.#size === 0
  }

  *push(chunk: Buffer): Generator<Box> {
    this.#held.push(chunk)
    this.#size += chunk.length
    for (let wanted = this.#wanted(); wanted <= this.#size; wanted = this.#wanted()) {
      const [first = Buffer.alloc(0), ...more] = this.#held
      const all = more.length === 0 ? first : Buffer.concat(this.#held)
      this.#held = [all.subarray(wanted)]
      this.#size -= wanted
      yield { type: all.toString('latin1', 4, HEAD_BYTES), bytes: all.subarray(0, wanted) }
    }
  }

  /** Bytes of the box that is open; more than are there while its head is not whole. */
  #wanted(): number {
    if (this.#size < HEAD_BYTES) return HEAD_BYTES
    // Only the first chunks are joined, and only until the head is in one.
    while ((this.#held[0]?.length ?? HEAD_BYTES) < HEAD_BYTES)
      this.#held.splice(0, 2, Buffer.concat(this.#held.slice(0, 2)))
    const size = this.#held[0]?.readUInt32BE(0) ?? 0
    if (size < HEAD_BYTES || size > this.#mostBytes) throw new RangeError(sayWrongSize(size))
    return size
  }
}

/** A muxer writes the size of a head when the head is whole, and cannot go back so far in a pipe. */
function sayWrongSize(size: number): string {
  return size === 0 ? TOO_LONG_A_HEAD : `a box of ${size} bytes`
}
