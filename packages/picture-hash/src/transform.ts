import { side } from './shrink.js'

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
  return alongRows(transpose(alongRows(transpose(small, side), basis), kept), basis)
}

/** For each row of 64 values its 16 frequencies. */
function alongRows(values: Float64Array, basis: Basis): Float64Array {
  const rows = values.length / side
  const result = new Float64Array(rows * kept)
  for (let row = 0; row < rows; row += 1) {
    for (let frequency = 0; frequency < kept; frequency += 1) {
      let sum = 0
      for (let place = 0; place < side; place += 1) {
        sum += (basis[frequency * side + place] ?? 0) * (values[row * side + place] ?? 0)
      }
      result[row * kept + frequency] = sum
    }
  }
  return result
}

/** Rows of 64 columns or columns of 64 rows: `width` is that of what goes in. */
function transpose(values: Float64Array, width: number): Float64Array {
  const height = values.length / width
  const result = new Float64Array(values.length)
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      result[column * height + row] = values[row * width + column] ?? 0
    }
  }
  return result
}

/** The frequencies of the picture with left and right exchanged: the odd ones across change their sign. */
export function mirror(frequencies: Float64Array): Float64Array {
  return frequencies.map((value, index) => (index % 2 === 0 ? -value : value))
}
