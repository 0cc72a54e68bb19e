/** A picture is shrunk to so many places each way. */
export const side = 64

/** For each of the 64 places along an edge: from which pixel on it is made, and the weight of each, so many a place. */
export interface Taps {
  readonly starts: Int32Array
  readonly weights: Float64Array
  readonly count: number
  /** So many pixels a box filter averages. */
  readonly window: number
  /** 1 where no box is cut off at an edge: there the weights are 1, 2, … window, … 2, 1, of window squared. */
  readonly isInside: Uint8Array
}

/** Pictures of a stream have one size: the last ones are kept. */
const known = new Map<number, Taps>()
const knownAtMost = 16

export function tapsOf(length: number): Taps {
  const found = known.get(length)
  if (found !== undefined) return found
  const taps = computeTaps(length)
  if (known.size >= knownAtMost) known.clear()
  known.set(length, taps)
  return taps
}

function computeTaps(length: number): Taps {
  // Half a cell, rounded up: two passes of it blur over a whole one.
  const window = Math.ceil(length / (2 * side))
  const count = Math.min(length, 2 * window - 1)
  const starts = new Int32Array(side)
  const isInside = new Uint8Array(side)
  const weights = new Float64Array(side * count)
  for (let place = 0; place < side; place += 1) {
    const centre = Math.floor(((place + 0.5) * length) / side)
    const outer = boxAt(centre, window, length)
    const [first, last] = [centre - 2 * Math.floor((window - 1) / 2), centre + 2 * Math.floor(window / 2)]
    isInside[place] = first >= 0 && last < length ? 1 : 0
    const start = Math.min(boxAt(outer.from, window, length).from, length - count)
    starts[place] = start
    for (let between = outer.from; between <= outer.to; between += 1) {
      const inner = boxAt(between, window, length)
      const weight = 1 / (outer.to - outer.from + 1) / (inner.to - inner.from + 1)
      for (let pixel = inner.from; pixel <= inner.to; pixel += 1) {
        const tap = place * count + pixel - start
        weights[tap] = (weights[tap] ?? 0) + weight
      }
    }
  }
  return { starts, weights, count, window, isInside }
}

/** The pixels that a box filter averages at a place; at an edge it holds fewer. An even window leans to the right. */
function boxAt(centre: number, window: number, length: number): { from: number; to: number } {
  const after = Math.floor(window / 2)
  return { from: Math.max(0, centre - (window - 1 - after)), to: Math.min(length - 1, centre + after) }
}
