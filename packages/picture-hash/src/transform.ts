import { side } from './taps.js'

/** So many frequencies each way are kept, from 1 on: the mean brightness (frequency 0) says nothing. */
export const kept = 16

/** The cosines of the frequencies at each of the 64 places: row `f` is that of frequency `f + 1`. */
export type Basis = Float64Array

const cosineOf = (frequency: number, place: number): number =>
  Math.sqrt(2 / side) * Math.cos((Math.PI / (2 * side)) * (frequency + 1) * (2 * place + 1))

/** PDQ's own. */
export const plainBasis: Basis = Float64Array.from({ length: kept * side }, (_, index) =>
  cosineOf(Math.floor(index / side), index % side),
)

/**
 * The basis that sees a picture as if a margin (as a share of the whole picture) had been cut off each side: what is there
 * moves towards the middle, and what is gone is taken for what lies at the edge. Both are linear, so that they go into the basis.
 */
export function widerBasis(margin: number): Basis {
  const basis = new Float64Array(kept * side)
  for (let place = 0; place < side; place += 1) {
    const inside = ((place + 0.5) / side - margin) / (1 - 2 * margin)
    const at = Math.min(side - 1, Math.max(0, inside * side - 0.5))
    const [left, share] = [Math.floor(at), at % 1]
    for (let frequency = 0; frequency < kept; frequency += 1) {
      const value = cosineOf(frequency, place)
      const index = frequency * side + left
      basis[index] = (basis[index] ?? 0) + value * (1 - share)
      if (share > 0) basis[index + 1] = (basis[index + 1] ?? 0) + value * share
    }
  }
  return basis
}

/** The 16 x 16 lowest frequencies of a 64 x 64 picture (discrete cosine transform, type II), rows by vertical frequency. */
export function lowFrequencies(small: Float64Array, basis: Basis): Float64Array {
  const result = new Float64Array(kept * kept)
  const row = new Float64Array(side)
  for (let down = 0; down < kept; down += 1) {
    sumDown(small, basis.subarray(down * side, (down + 1) * side), row)
    for (let across = 0; across < kept; across += 1) {
      let sum = 0
      for (let place = 0; place < side; place += 1) sum += (basis[across * side + place] ?? 0) * (row[place] ?? 0)
      result[down * kept + across] = sum
    }
  }
  return result
}

/** One vertical frequency at each of the 64 columns: rows are added as they lie, so that nothing is transposed. */
function sumDown(small: Float64Array, cosines: Float64Array, row: Float64Array): void {
  row.fill(0)
  for (let y = 0; y < side; y += 1) {
    const cosine = cosines[y] ?? 0
    for (let x = 0; x < side; x += 1) row[x] = (row[x] ?? 0) + cosine * (small[y * side + x] ?? 0)
  }
}

/** The frequencies of the picture with left and right exchanged: the odd ones across change their sign. */
export function mirror(frequencies: Float64Array): Float64Array {
  return frequencies.map((value, index) => (index % 2 === 0 ? -value : value))
}
