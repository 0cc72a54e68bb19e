/** The highest offset such that it and everything begun before it is finished. */
export class Watermark {
  readonly #open: { readonly offset: bigint; done: boolean }[] = []
  #last: bigint | null = null
  #value: bigint | null = null

  /** Offsets begin in rising order. Returns the function that says that this one is finished. */
  begin(offset: bigint): () => void {
    if (this.#last !== null && offset <= this.#last) throw new RangeError(`offset ${offset} after ${this.#last}`)
    this.#last = offset
    const entry = { offset, done: false }
    this.#open.push(entry)
    return () => {
      entry.done = true
      while (this.#open[0]?.done === true) this.#value = this.#open.shift()?.offset ?? this.#value
    }
  }

  /** null while nothing is finished. */
  get value(): bigint | null {
    return this.#value
  }
}
