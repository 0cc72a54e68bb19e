import { side } from './taps.js'

/** What is filled of each corner, in cells of 64 x 64: a sign of 8 % of a wide picture's width, square, with its margin. */
const [across, down] = [7, 11] as const

/**
 * The picture as if nothing stood in its corners: each of their cells is made from the two cells beside the corner that lie in
 * its row and in its column, the nearer one counts more. A station's sign is gone then, and so is what it stood on.
 */
export function fillCorners(small: Float64Array): Float64Array {
  const filled = small.slice()
  for (const x of corners(across)) for (const y of corners(down)) fill(filled, x, y)
  return filled
}

interface Edge {
  /** Cells of the corner. */
  readonly from: number
  readonly to: number
  /** The cell beside it. */
  readonly beside: number
}

function corners(size: number): Edge[] {
  return [
    { from: 0, to: size, beside: size },
    { from: side - size, to: side, beside: side - size - 1 },
  ]
}

function fill(small: Float64Array, columns: Edge, rows: Edge): void {
  for (let y = rows.from; y < rows.to; y += 1)
    for (let x = columns.from; x < columns.to; x += 1) {
      const [aside, away] = [Math.abs(x - columns.beside), Math.abs(y - rows.beside)]
      const inRow = small[y * side + columns.beside] ?? 0
      const inColumn = small[rows.beside * side + x] ?? 0
      small[y * side + x] = (inRow * away + inColumn * aside) / (aside + away)
    }
}
