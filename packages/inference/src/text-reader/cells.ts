import type { Picture } from '../picture.js'

/** A picture as the mean brightness of its cells of 4x4 pixels, 0 to 255: fine enough that no stroke of 2 pixels is lost in it. */
export interface Cells {
  columns: number
  rows: number
  means: Uint8Array
}

/** An upright rectangle in pixels of the picture; `right` and `bottom` lie outside. */
export interface Area {
  left: number
  top: number
  right: number
  bottom: number
}

const CELL = 4
/** A tile is a square of so many cells: 32 pixels, about a letter. */
const TILE = 8
/** Brightness (of 255) by which a cell must change against its tile. Measured: see `cells.test.ts`. */
export const CHANGE = 16
/** Least difference of brightness inside of a tile for it to hold anything that could be read. */
const CONTRAST = 24

/** Measures the cells of a picture; pixels beyond the last whole cell are left out. 2 ms for 720p. */
export function measureCells({ width, height, rgb }: Picture): Cells {
  const columns = Math.floor(width / CELL)
  const rows = Math.floor(height / CELL)
  const means = new Uint8Array(columns * rows)
  const sums = new Uint32Array(columns)
  for (let row = 0; row < rows; row++) {
    sums.fill(0)
    for (let y = row * CELL; y < (row + 1) * CELL; y++) addRow(rgb, sums, y * width * 3)
    for (let column = 0; column < columns; column++) {
      means[row * columns + column] = (sums[column] as number) >> 6
    }
  }
  return { columns, rows, means }
}

/** Adds the brightness of each cell's four pixels: (red + 2 green + blue) / 4, the division is left to the end. */
function addRow(rgb: Buffer, sums: Uint32Array, start: number): void {
  let at = start
  for (let column = 0; column < sums.length; column++) {
    let sum = 0
    for (const end = at + CELL * 3; at < end; at += 3) {
      sum += (rgb[at] as number) + 2 * (rgb[at + 1] as number) + (rgb[at + 2] as number)
    }
    sums[column] = (sums[column] as number) + sum
  }
}

/**
 * The rectangle around all tiles in which something that could be text has changed, or nothing. A tile counts when one
 * of its cells changed against the mean change of the tile (so that light that goes up or down is none), and when there
 * was or is contrast in it.
 */
export function findChange(before: Cells, now: Cells): Area | undefined {
  let area: Area | undefined
  for (let row = 0; row < now.rows; row += TILE) {
    for (let column = 0; column < now.columns; column += TILE) {
      if (!tileChanged(before, now, row, column)) continue
      const [left, top] = [column * CELL, row * CELL]
      area = unite(area, { left, top, right: left + TILE * CELL, bottom: top + TILE * CELL })
    }
  }
  return area
}

export function unite(one: Area | undefined, other: Area): Area {
  if (one === undefined) return other
  return {
    left: Math.min(one.left, other.left),
    top: Math.min(one.top, other.top),
    right: Math.max(one.right, other.right),
    bottom: Math.max(one.bottom, other.bottom),
  }
}

function tileChanged(before: Cells, now: Cells, row: number, column: number): boolean {
  const bottom = Math.min(now.rows, row + TILE)
  const right = Math.min(now.columns, column + TILE)
  let [sum, leastChange, mostChange] = [0, 255, -255]
  let [darkBefore, brightBefore, darkNow, brightNow] = [255, 0, 255, 0]
  for (let y = row; y < bottom; y++) {
    for (let x = column; x < right; x++) {
      const was = before.means[y * now.columns + x] as number
      const is = now.means[y * now.columns + x] as number
      sum += is - was
      leastChange = Math.min(leastChange, is - was)
      mostChange = Math.max(mostChange, is - was)
      darkBefore = Math.min(darkBefore, was)
      brightBefore = Math.max(brightBefore, was)
      darkNow = Math.min(darkNow, is)
      brightNow = Math.max(brightNow, is)
    }
  }
  const mean = sum / ((bottom - row) * (right - column))
  const change = Math.max(mostChange - mean, mean - leastChange)
  return change > CHANGE && Math.max(brightBefore - darkBefore, brightNow - darkNow) > CONTRAST
}
