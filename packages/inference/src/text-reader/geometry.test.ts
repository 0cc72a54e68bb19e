import fc from 'fast-check'
import { farthestCorner, type Box, type Point } from './box.js'
import { findBoxes } from './find-boxes.js'
import { findComponents } from './find-components.js'
import { minAreaRect } from './min-area-rect.js'

interface Rect {
  middle: Point
  width: number
  height: number
  angle: number
}

function boxOf({ middle: [x, y], width, height, angle }: Rect): Box {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const place = (u: number, v: number): Point => [x + u * cos - v * sin, y + u * sin + v * cos]
  const [u, v] = [width / 2, height / 2]
  return [place(-u, -v), place(u, -v), place(u, v), place(-u, v)]
}

const rects = fc.record({
  middle: fc.tuple(fc.double({ min: 90, max: 110, noNaN: true }), fc.double({ min: 90, max: 110, noNaN: true })),
  width: fc.double({ min: 40, max: 120, noNaN: true }),
  height: fc.double({ min: 8, max: 30, noNaN: true }),
  angle: fc.double({ min: -0.26, max: 0.26, noNaN: true }),
})

/** A map with the likelihood 0.9 in a rectangle, row by row as the model would draw it. */
function drawMap(rect: Rect, value = 0.9) {
  const [width, height] = [200, 200]
  const values = new Float32Array(width * height)
  const [cos, sin] = [Math.cos(rect.angle), Math.sin(rect.angle)]
  for (let index = 0; index < values.length; index++) {
    const [x, y] = [(index % width) + 0.5 - rect.middle[0], Math.floor(index / width) + 0.5 - rect.middle[1]]
    const inside = Math.abs(x * cos + y * sin) <= rect.width / 2 && Math.abs(y * cos - x * sin) <= rect.height / 2
    if (inside) values[index] = value
  }
  return { values, width, height }
}

test('the least rectangle around the corners and any points inside is the rectangle', () => {
  const shares = fc.array(
    fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
  )
  fc.assert(
    fc.property(rects, shares, (rect, inside) => {
      const box = boxOf(rect)
      const [[left, top], right, , below] = box
      const points = inside.map(([u, v]): Point => [
        left + (right[0] - left) * u + (below[0] - left) * v,
        top + (right[1] - top) * u + (below[1] - top) * v,
      ])
      expect(farthestCorner(minAreaRect([...points, ...box]), box)).toBeLessThan(1e-6)
    }),
  )
})

test('points that make no area have a rectangle too', () => {
  expect(minAreaRect([[3, 4]]).flat()).toEqual([3, 4, 3, 4, 3, 4, 3, 4])
  for (const corner of minAreaRect([
    [0, 0],
    [5, 5],
    [9, 9],
  ]).flat())
    expect(Number.isFinite(corner)).toBe(true)
})

test('a core in the map becomes its line: turned alike, wider by area x 1.5 / perimeter', () => {
  fc.assert(
    fc.property(rects, (rect) => {
      const [box, ...others] = findBoxes(drawMap(rect))
      expect(others).toEqual([])
      const { width, height } = rect
      const outwards = (width * height * 1.5) / (width + height)
      const wanted = boxOf({ ...rect, width: width + outwards, height: height + outwards })
      // A pixel is in or out, so each side is off by up to one, a corner by more where sides are turned.
      expect(box).toBeDefined()
      expect(farthestCorner(box as Box, wanted)).toBeLessThan(5)
    }),
    { numRuns: 50 },
  )
})

test('what is small or unlikely is no line, and a map of zeros has none', () => {
  const rect: Rect = { middle: [100, 100], width: 60, height: 20, angle: 0 }
  expect(findBoxes(drawMap(rect, 0.4))).toEqual([])
  expect(findBoxes(drawMap({ ...rect, width: 2, height: 2 }))).toEqual([])
  expect(findBoxes(drawMap({ ...rect, width: 0, height: 0 }))).toEqual([])
})

test('two lines are two components, corner to corner they are one, and the limit holds', () => {
  const map = Float32Array.from([1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1])
  expect(findComponents(map, 4, 0.5, 9).map(({ pixels }) => pixels)).toEqual([2, 1, 1])
  expect(findComponents(map, 4, 0.5, 1)).toHaveLength(1)
  // Left and right rim are no neighbours.
  expect(findComponents(Float32Array.from([0, 0, 1, 1, 0, 0]), 3, 0.5, 9)).toHaveLength(2)
})
