export type Point = [x: number, y: number]

/** Corners in pixels of the picture, clockwise from the text's own top left. */
export type Box = [Point, Point, Point, Point]

/** The sides of a box: along its text, and across. */
export function measureBox([topLeft, topRight, , bottomLeft]: Box): { width: number; height: number } {
  return { width: distance(topLeft, topRight), height: distance(topLeft, bottomLeft) }
}

/** How far the farthest corner of one box lies from the same corner of the other. */
export function farthestCorner(one: Box, other: Box): number {
  return Math.max(...one.map((corner, index) => distance(corner, other[index] as Point)))
}

export function distance([x, y]: Point, [otherX, otherY]: Point): number {
  return Math.hypot(otherX - x, otherY - y)
}

/** The upright rectangle around a box, [left, top, right, bottom]. */
export function boundBox(box: Box): [number, number, number, number] {
  const xs = box.map(([x]) => x)
  const ys = box.map(([, y]) => y)
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}
