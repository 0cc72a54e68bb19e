/** RGB bytes, rows from the top, three bytes a pixel, no padding. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly rgb: Uint8Array
}

const { imul } = Math
/** Luma of ITU-R BT.601, as the reference has it. */
const [red, green, blue] = [0.299, 0.587, 0.114] as const
export const side = 64

/** Weights are whole numbers, this for 1: sums of 255 stay in 31 bits, and whole numbers are added twice as fast. */
const one = 2 ** 22

/** For each of the 64 places along an edge: from which pixel on it is made, and the weight of each, so many a place. */
interface Taps {
  readonly starts: Int32Array
  readonly weights: Int32Array
  readonly count: number
}

/**
 * The picture as 64 x 64 luma values (0 to 255, rows from the top): PDQ's two passes of a box filter and the choice of
 * the pixel at the centre of each cell. Both are linear, so that each value is a weighted sum of the pixels around it, and
 * what is not chosen is not computed: one pass over the picture instead of four.
 */
export function shrink({ width, height, rgb }: Pixels): Float64Array {
  const [across, down] = [tapsOf(width), tapsOf(height)]
  const small = new Float64Array(side * side)
  const row = new Float64Array(side)
  let shrunk = -1
  for (let place = 0; place < side; place += 1) {
    for (let tap = 0; tap < down.count; tap += 1) {
      const weight = (down.weights[place * down.count + tap] ?? 0) / one
      if (weight === 0) continue
      const y = (down.starts[place] ?? 0) + tap
      // Neighbours share a row at most now and then.
      if (y !== shrunk) shrinkRow(rgb, y * width * 3, { taps: across, row })
      shrunk = y
      addRow(small.subarray(place * side, (place + 1) * side), row, weight)
    }
  }
  return small
}

function addRow(sums: Float64Array, row: Float64Array, weight: number): void {
  for (let x = 0; x < side; x += 1) sums[x] = (sums[x] ?? 0) + weight * (row[x] ?? 0)
}

/** One row of pixels, from a byte on, as 64 luma values. */
function shrinkRow(rgb: Uint8Array, start: number, { taps, row }: { taps: Taps; row: Float64Array }): void {
  const { starts, weights, count } = taps
  for (let place = 0; place < side; place += 1) {
    let from = start + (starts[place] ?? 0) * 3
    let r = 0
    let g = 0
    let b = 0
    const end = (place + 1) * count
    for (let tap = place * count; tap < end; tap += 1) {
      const weight = weights[tap] ?? 0
      r = (r + imul(weight, rgb[from] ?? 0)) | 0
      g = (g + imul(weight, rgb[from + 1] ?? 0)) | 0
      b = (b + imul(weight, rgb[from + 2] ?? 0)) | 0
      from += 3
    }
    row[place] = (red * r + green * g + blue * b) / one
  }
}

/** Pictures of a stream have one size: the last ones are kept. */
const known = new Map<number, Taps>()
const knownAtMost = 16

function tapsOf(length: number): Taps {
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
  const weights = new Float64Array(side * count)
  for (let place = 0; place < side; place += 1) {
    const centre = Math.floor(((place + 0.5) * length) / side)
    const outer = boxAt(centre, window, length)
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
  return { starts, weights: Int32Array.from(weights, (weight) => Math.round(weight * one)), count }
}

/** The pixels that a box filter averages at a place; at an edge it holds fewer. An even window leans to the right. */
function boxAt(centre: number, window: number, length: number): { from: number; to: number } {
  const after = Math.floor(window / 2)
  return { from: Math.max(0, centre - (window - 1 - after)), to: Math.min(length - 1, centre + after) }
}
