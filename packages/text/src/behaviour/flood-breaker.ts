export interface FloodLimits {
  /** Of how long the share is taken, in milliseconds. */
  readonly windowMs: number
  /** An entry trips when it hit at least so many messages of the window, */
  readonly atLeast: number
  /** and more than this share of them. */
  readonly share: number
  /** It is held back for so long, and longer while it goes on. */
  readonly holdMs: number
}

interface Counts {
  readonly messages: number
  readonly hits: ReadonlyMap<string, number>
}

const slices = 6

/**
 * Tells which entries hit so much that they are more likely to be wrong than right: one bad word must neither bury the
 * queue nor silence a platform. Time is the caller's, in milliseconds.
 */
export class FloodBreaker {
  readonly #limits: FloodLimits
  readonly #past: Counts[] = []
  #hits = new Map<string, number>()
  #messages = 0
  #sliceEnds = Number.NEGATIVE_INFINITY
  readonly #until = new Map<string, number>()

  constructor(limits: FloodLimits) {
    this.#limits = limits
  }

  /** Counts a message and the entries that hit it; answers which of these are held back. */
  count(entries: readonly string[], now: number): readonly string[] {
    this.#turn(now)
    this.#messages += 1
    for (const entry of new Set(entries)) {
      this.#hits.set(entry, (this.#hits.get(entry) ?? 0) + 1)
      if (this.#isFlood(entry)) this.#until.set(entry, now + this.#limits.holdMs)
    }
    return this.heldOf(entries, now)
  }

  /** Which of these entries are held back. */
  heldOf(entries: readonly string[], now: number): readonly string[] {
    return entries.filter((entry) => (this.#until.get(entry) ?? 0) > now)
  }

  /** The entries that are held back. */
  tripped(now: number): readonly string[] {
    for (const [entry, until] of this.#until) if (until <= now) this.#until.delete(entry)
    return [...this.#until.keys()]
  }

  #isFlood(entry: string): boolean {
    const all = [...this.#past, { messages: this.#messages, hits: this.#hits }]
    const hits = all.reduce((sum, slice) => sum + (slice.hits.get(entry) ?? 0), 0)
    const messages = all.reduce((sum, slice) => sum + slice.messages, 0)
    return hits >= this.#limits.atLeast && hits > messages * this.#limits.share
  }

  #turn(now: number): void {
    if (now < this.#sliceEnds) return
    const length = this.#limits.windowMs / slices
    // After a pause of a whole window nothing of it counts any more.
    if (now - this.#sliceEnds >= this.#limits.windowMs) this.#past.length = 0
    else this.#past.push({ messages: this.#messages, hits: this.#hits })
    if (this.#past.length >= slices) this.#past.shift()
    this.#hits = new Map()
    this.#messages = 0
    this.#sliceEnds = now + length
  }
}
