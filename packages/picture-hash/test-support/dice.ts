const { imul } = Math

/** Chance that falls the same way each time (mulberry32). */
export class Dice {
  constructor(private state: number) {}

  /** A whole number from 0, below the given one. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let mixed = imul(this.state ^ (this.state >>> 15), this.state | 1)
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }

  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }
}
