import { distance, type Box, type Point } from './box.js'

/** The rectangle of least area around points, its corners clockwise from the top left when its text runs to the right. */
export function minAreaRect(points: readonly Point[]): Box {
  const hull = convexHull(points)
  let best: Box | undefined
  let least = Infinity
  for (const [index, from] of hull.entries()) {
    const to = hull[(index + 1) % hull.length] as Point
    const length = distance(from, to)
    if (length === 0) continue
    const direction: Point = [(to[0] - from[0]) / length, (to[1] - from[1]) / length]
    const { box, area } = boundAlong(hull, turnRight(direction))
    if (area >= least) continue
    least = area
    best = box
  }
  return best ?? boundAlong(points, [1, 0]).box
}

/** Of the four directions of a rectangle the one in which text runs: the one nearest to straight right. */
function turnRight([x, y]: Point): Point {
  if (Math.abs(x) >= Math.abs(y)) return x >= 0 ? [x, y] : [-x, -y]
  return y >= 0 ? [y, -x] : [-y, x]
}

function boundAlong(points: readonly Point[], [x, y]: Point): { box: Box; area: number } {
  const along = points.map((point) => point[0] * x + point[1] * y)
  const across = points.map((point) => point[1] * x - point[0] * y)
  const [left, right] = [Math.min(...along), Math.max(...along)]
  const [top, bottom] = [Math.min(...across), Math.max(...across)]
  const place = (u: number, v: number): Point => [u * x - v * y, u * y + v * x]
  const box: Box = [place(left, top), place(right, top), place(right, bottom), place(left, bottom)]
  return { box, area: (right - left) * (bottom - top) }
}

/** Andrew's monotone chain. */
function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort(([x, y], [otherX, otherY]) => x - otherX || y - otherY)
  const lower = chain(sorted)
  const upper = chain(sorted.reverse())
  return [...lower.slice(0, -1), ...upper.slice(0, -1)]
}

function chain(points: readonly Point[]): Point[] {
  const kept: Point[] = []
  for (const point of points) {
    while (kept.length >= 2 && !turnsLeft(kept.at(-2) as Point, kept.at(-1) as Point, point)) kept.pop()
    kept.push(point)
  }
  return kept
}

function turnsLeft(from: Point, over: Point, to: Point): boolean {
  return (over[0] - from[0]) * (to[1] - from[1]) - (over[1] - from[1]) * (to[0] - from[0]) > 0
}
