export interface StreamLimits {
  /** Of how long the streams are counted, in milliseconds. */
  readonly windowMs: number
  /** A source trips when it hit at least so many streams of the window, */
  readonly atLeast: number
  /** and more than this share of those that were looked at. */
  readonly share: number
  /** It is held back for so long, and longer while it goes on. */
  readonly holdMs: number
}

/** Far more than a process has streams in a window; of more only the youngest count. */
const mostKept = 50_000

/**
 * Tells which sources of hits (a label of a model, a banned picture, a word) hit so many streams that they are more likely to
 * be wrong than right. A stream counts once, however often it is hit. Time is the caller's, in milliseconds.
 */
export class StreamBreaker {
  readonly #limits: StreamLimits
  readonly #most: number
  readonly #looked: Recent
  readonly #hit: Recent
  /** In the order in which they end. */
  readonly #until = new Map<string, number>()

  /** `most`: so many streams, so many pairs of source and stream, and so many sources held back are kept at most. */
  constructor(limits: StreamLimits, most = mostKept) {
    this.#limits = limits
    this.#most = most
    this.#looked = new Recent(limits.windowMs, most)
    this.#hit = new Recent(limits.windowMs, most)
  }

  /** Counts a look at a stream and the sources that hit it; answers which of these are held back. */
  count(streamId: string, sources: readonly string[], now: number): readonly string[] {
    this.#looked.add('', streamId, now)
    for (const source of new Set(sources)) {
      this.#hit.add(source, streamId, now)
      if (this.#isFlood(source)) this.#hold(source, now)
    }
    return sources.filter((source) => (this.#until.get(source) ?? 0) > now)
  }

  /** The sources that are held back. */
  tripped(now: number): readonly string[] {
    for (const [source, until] of this.#until) if (until <= now) this.#until.delete(source)
    return [...this.#until.keys()]
  }

  /** How much it remembers: streams looked at, pairs of source and stream, and sources held back. */
  get kept(): { readonly looked: number; readonly hit: number; readonly held: number } {
    return { looked: this.#looked.size, hit: this.#hit.size, held: this.#until.size }
  }

  #isFlood(source: string): boolean {
    const hit = this.#hit.countOf(source)
    return hit >= this.#limits.atLeast && hit > this.#looked.countOf('') * this.#limits.share
  }

  #hold(source: string, now: number): void {
    this.#until.delete(source)
    const [first] = this.#until.keys()
    if (first !== undefined && this.#until.size >= this.#most) this.#until.delete(first)
    this.#until.set(source, now + this.#limits.holdMs)
  }
}

/** The different members of groups that were seen within a time, by when each was seen last. */
class Recent {
  readonly #windowMs: number
  readonly #most: number
  readonly #seen = new Map<string, { readonly group: string; readonly at: number }>()
  readonly #counts = new Map<string, number>()

  constructor(windowMs: number, most: number) {
    this.#windowMs = windowMs
    this.#most = most
  }

  get size(): number {
    return this.#seen.size
  }

  add(group: string, member: string, at: number): void {
    const key = `${group}\0${member}`
    this.#forget(key)
    this.#seen.set(key, { group, at })
    this.#counts.set(group, this.countOf(group) + 1)
    for (const [oldest, { at: seenAt }] of this.#seen) {
      if (seenAt > at - this.#windowMs && this.#seen.size <= this.#most) break
      this.#forget(oldest)
    }
  }

  /** As of the last `add`. */
  countOf(group: string): number {
    return this.#counts.get(group) ?? 0
  }

  #forget(key: string): void {
    const known = this.#seen.get(key)
    if (known === undefined) return
    this.#seen.delete(key)
    const left = this.countOf(known.group) - 1
    if (left === 0) this.#counts.delete(known.group)
    else this.#counts.set(known.group, left)
  }
}
