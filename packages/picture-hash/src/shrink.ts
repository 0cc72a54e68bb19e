import { blue, green, red, type Pixels } from './pixels.js'
import { createRowSums } from './row-sums.js'
import { side, tapsOf, type Taps } from './taps.js'

/**
 * The picture as 64 x 64 luma values (0 to 255, rows from the top): PDQ's two passes of a box filter and the choice of
 * the pixel at the centre of each cell. Both are linear, so that each value is a weighted sum of the pixels around it, and
 * what is not chosen is not computed: one pass over the picture instead of four. Rows first: bytes are summed four at a time.
 */
export function shrink(picture: Pixels): Float64Array {
  const [across, down] = [tapsOf(picture.width), tapsOf(picture.height)]
  const sums = createRowSums(picture, down.window)
  const small = new Float64Array(side * side)
  const luma = new Float64Array(picture.width)
  for (let place = 0; place < side; place += 1) {
    if (sums !== null && down.isInside[place] === 1) sums.write(down.starts[place] ?? 0, luma)
    else sumRows(picture, down, { place, luma })
    shrinkRow(luma, across, small.subarray(place * side, (place + 1) * side))
  }
  return small
}

/** The mean luma of the rows of a place, where a box is cut off at an edge, or for which there is no quick way. */
function sumRows(
  { rgb, width }: Pixels,
  { starts, weights, count }: Taps,
  { place, luma }: { readonly place: number; readonly luma: Float64Array },
): void {
  luma.fill(0)
  for (let tap = 0; tap < count; tap += 1) {
    const weight = weights[place * count + tap] ?? 0
    if (weight === 0) continue
    let at = ((starts[place] ?? 0) + tap) * width * 3
    for (let x = 0; x < width; x += 1) {
      const value = red * (rgb[at] ?? 0) + green * (rgb[at + 1] ?? 0) + blue * (rgb[at + 2] ?? 0)
      luma[x] = (luma[x] ?? 0) + weight * value
      at += 3
    }
  }
}

function shrinkRow(luma: Float64Array, { starts, weights, count }: Taps, row: Float64Array): void {
  for (let place = 0; place < side; place += 1) {
    const [start, first] = [starts[place] ?? 0, place * count]
    let sum = 0
    for (let tap = 0; tap < count; tap += 1) sum += (weights[first + tap] ?? 0) * (luma[start + tap] ?? 0)
    row[place] = sum
  }
}
