import type { Steps } from './by-steps.js'
import { distanceBetween, furthestMatch, longWords } from './hamming.js'
import { words } from './hash-words.js'

/** Band `n` is word `n` of a hash. */
const bands = words
const bandValues = 2 ** 16
/** So many rows are put in order between two rests. */
const rowsAStep = 100_000
/** A row that a band leads to costs some of those that are read one after the other. */
const costOfJump = 4

/**
 * Finds the hashes at a distance of at most 31 (multi-index hashing: Norouzi, Punjani, Fleet, 2012). 31 bits cannot differ
 * in two bits of each of 16 bands, so that one band differs in one bit or none: only rows with that band, or a neighbour of
 * it, are compared. For each band the rows are kept in the order of its value. 96 bytes a hash, and 4 MB.
 */
export class BandIndex {
  private constructor(
    private readonly hashes: Uint32Array,
    /** For each band the rows in its order. */
    private readonly rows: Uint32Array,
    /** For each band and value the place of its first row; one more ends the last. */
    private readonly starts: Uint32Array,
  ) {}

  /** Takes eight words a hash; they are kept, not copied. */
  static *build(hashes: Uint32Array): Steps<BandIndex> {
    const count = hashes.length / longWords
    const rows = new Uint32Array(count * bands)
    const starts = new Uint32Array(bands * (bandValues + 1))
    const shorts = new Uint16Array(hashes.buffer, hashes.byteOffset, count * bands)
    for (let band = 0; band < bands; band += 1) {
      const own = starts.subarray(band * (bandValues + 1), (band + 1) * (bandValues + 1))
      yield* sortByBand(shorts, { band, starts: own, rows: rows.subarray(band * count, (band + 1) * count) })
    }
    return new BandIndex(hashes, rows, starts)
  }

  /** Row and distance of each hash within reach, in no order. */
  find(hash: Uint32Array): Map<number, number> {
    const found = new Map<number, number>()
    const count = this.hashes.length / longWords
    const values = new Uint16Array(hash.buffer, hash.byteOffset, bands)
    if (this.countCandidates(values) * costOfJump > count) {
      for (let row = 0; row < count; row += 1) this.compare(row, hash, found)
      return found
    }
    for (let band = 0; band < bands; band += 1) {
      for (let neighbour = 0; neighbour <= 16; neighbour += 1) {
        const [from, to] = this.bucket(band, (values[band] ?? 0) ^ bitOf(neighbour))
        for (let place = from; place < to; place += 1) this.compare(this.rows[band * count + place] ?? 0, hash, found)
      }
    }
    return found
  }

  private compare(row: number, hash: Uint32Array, found: Map<number, number>): void {
    const distance = distanceBetween(this.hashes, row * longWords, hash, 0)
    if (distance <= furthestMatch) found.set(row, distance)
  }

  /** How many comparisons the bands lead to: in a bank of one picture in a million forms, to more than there are rows. */
  private countCandidates(values: Uint16Array): number {
    let sum = 0
    for (let band = 0; band < bands; band += 1) {
      for (let neighbour = 0; neighbour <= 16; neighbour += 1) {
        const [from, to] = this.bucket(band, (values[band] ?? 0) ^ bitOf(neighbour))
        sum += to - from
      }
    }
    return sum
  }

  private bucket(band: number, value: number): [from: number, to: number] {
    const at = band * (bandValues + 1) + value
    return [this.starts[at] ?? 0, this.starts[at + 1] ?? 0]
  }
}

/** Nothing for 0, then each of the 16 bits. */
function bitOf(neighbour: number): number {
  return neighbour === 0 ? 0 : 1 << (neighbour - 1)
}

interface Order {
  readonly band: number
  readonly starts: Uint32Array
  readonly rows: Uint32Array
}

/** Sorts by counting: `starts` gets the place of each value's first row, `rows` the rows. */
function* sortByBand(shorts: Uint16Array, { band, starts, rows }: Order): Steps<void> {
  countValues(shorts, band, starts)
  yield
  const next = starts.slice()
  for (let row = 0; row < rows.length; row += 1) {
    const value = shorts[row * bands + band] ?? 0
    const place = next[value] ?? 0
    rows[place] = row
    next[value] = place + 1
    if (row % rowsAStep === rowsAStep - 1) yield
  }
}

/** Writes for each value how many rows have a lower one. */
function countValues(shorts: Uint16Array, band: number, starts: Uint32Array): void {
  for (let at = band; at < shorts.length; at += bands) {
    const after = (shorts[at] ?? 0) + 1
    starts[after] = (starts[after] ?? 0) + 1
  }
  for (let value = 1; value < starts.length; value += 1) starts[value] = (starts[value] ?? 0) + (starts[value - 1] ?? 0)
}
