import { side } from './shrink.js'

/** So many frequencies each way are kept, from 1 on: the mean brightness (frequency 0) says nothing. */
export const kept = 16

/** Row `f` holds the cosine of frequency `f + 1` at each of the 64 places. */
const cosines = Float64Array.from({ length: kept * side }, (_, index) => {
  const [frequency, place] = [Math.floor(index / side) + 1, index % side]
  return Math.sqrt(2 / side) * Math.cos((Math.PI / (2 * side)) * frequency * (2 * place + 1))
})

/** The 16 x 16 lowest frequencies of a 64 x 64 picture (discrete cosine transform, type II), rows by vertical frequency. */
export function lowFrequencies(small: Float64Array): Float64Array {
  return alongRows(transpose(alongRows(transpose(small, side), side), kept), kept)
}

/** For each row of 64 values its 16 frequencies. */
function alongRows(values: Float64Array, rows: number): Float64Array {
  const result = new Float64Array(rows * kept)
  for (let row = 0; row < rows; row += 1) {
    for (let frequency = 0; frequency < kept; frequency += 1) {
      let sum = 0
      for (let place = 0; place < side; place += 1) {
        sum += (cosines[frequency * side + place] ?? 0) * (values[row * side + place] ?? 0)
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
  for (let index = 0; index < values.length; index += 1) {
    result[(index % width) * height + Math.floor(index / width)] = values[index] ?? 0
  }
  return result
}

/** The frequencies of the picture with left and right exchanged: the odd ones across change their sign. */
export function mirror(frequencies: Float64Array): Float64Array {
  return frequencies.map((value, index) => (index % 2 === 0 ? -value : value))
}
