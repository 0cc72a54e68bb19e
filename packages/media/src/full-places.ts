import { availableParallelism } from 'node:os'

/** Half of a core: a second of 720p at 30 pictures a second, decoded in full, takes 55 ms of one (see README). */
const PER_CORE = 8

export const DEFAULT_MAX_FULL = PER_CORE * availableParallelism()

/** The streams that may be decoded in full at once. Those that find no place get one in the order in which they asked first. */
export class FullPlaces {
  readonly #most: number
  readonly #holders = new Set<object>()
  readonly #waiting = new Set<object>()

  constructor(most: number) {
    this.#most = most
  }

  get most(): number {
    return this.#most
  }

  /** Takes a place for a stream, or keeps the one that it has. False when it has to wait: ask again with its next segment. */
  take(stream: object): boolean {
    if (this.#holders.has(stream)) return true
    this.#waiting.add(stream)
    const free = this.#most - this.#holders.size
    if ([...this.#waiting].indexOf(stream) >= free) return false
    this.#waiting.delete(stream)
    this.#holders.add(stream)
    return true
  }

  /** The stream needs no place any more, or is over. */
  leave(stream: object): void {
    this.#holders.delete(stream)
    this.#waiting.delete(stream)
  }
}
