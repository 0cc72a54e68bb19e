import type { Point } from './box.js'

/** What belongs together in a map: the outermost pixels of its rows, which are all that its hull needs. */
export interface Component {
  pixels: number
  /** Corners of the first and last pixel of each row, so that a line one pixel high has an area too. */
  rim: Point[]
}

/** Groups the pixels at or above `threshold` by their eight neighbours. At most `most` groups, from the top. */
export function findComponents(map: Float32Array, width: number, threshold: number, most: number): Component[] {
  const seen = new Uint8Array(map.length)
  const found: Component[] = []
  for (let at = 0; at < map.length && found.length < most; at++) {
    if (seen[at] === 1 || !((map[at] as number) >= threshold)) continue
    found.push(gather(map, seen, { width, threshold, from: at }))
  }
  return found
}

interface Start {
  width: number
  threshold: number
  from: number
}

function gather(map: Float32Array, seen: Uint8Array, { width, threshold, from }: Start): Component {
  const rows = new Map<number, [first: number, last: number]>()
  const stack = [from]
  seen[from] = 1
  let pixels = 0
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    pixels++
    const x = at % width
    const y = (at - x) / width
    const row = rows.get(y)
    rows.set(y, row === undefined ? [x, x] : [Math.min(row[0], x), Math.max(row[1], x)])
    for (const next of neighbours(at, x, width)) {
      if (next < 0 || next >= map.length || seen[next] === 1 || !((map[next] as number) >= threshold)) continue
      seen[next] = 1
      stack.push(next)
    }
  }
  return { pixels, rim: Array.from(rows).flatMap(([y, [first, last]]) => cornersOf(y, first, last)) }
}

function neighbours(at: number, x: number, width: number): number[] {
  const around = [at - width, at + width]
  if (x > 0) around.push(at - 1, at - width - 1, at + width - 1)
  if (x < width - 1) around.push(at + 1, at - width + 1, at + width + 1)
  return around
}

function cornersOf(y: number, first: number, last: number): Point[] {
  return [
    [first, y],
    [first, y + 1],
    [last + 1, y],
    [last + 1, y + 1],
  ]
}
