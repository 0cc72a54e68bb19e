import { boundBox, measureBox, type Box, type Point } from './box.js'
import { findComponents } from './find-components.js'
import { minAreaRect } from './min-area-rect.js'

export interface TextMap {
  /** For each pixel, row by row, how likely it lies inside a line of text. */
  values: Float32Array
  width: number
  height: number
}

/** The figures of PaddleOCR for this model (tools/infer, DBPostProcess); sides are in pixels of the map. */
const PIXEL_THRESHOLD = 0.3
const BOX_THRESHOLD = 0.6
const UNCLIP_RATIO = 1.5
const LEAST_SIDE = 3
const MOST_COMPONENTS = 1000

/** The lines of text in a map, as boxes in pixels of the map, in no given order: DB post-processing. */
export function findBoxes(map: TextMap): Box[] {
  const boxes: Box[] = []
  for (const { rim, pixels } of findComponents(map.values, map.width, PIXEL_THRESHOLD, MOST_COMPONENTS)) {
    if (pixels < LEAST_SIDE * LEAST_SIDE) continue
    const box = minAreaRect(rim)
    const { width, height } = measureBox(box)
    if (Math.min(width, height) < LEAST_SIDE || meanInside(map, box) < BOX_THRESHOLD) continue
    boxes.push(unclip(box))
  }
  return boxes
}

/** The model marks the core of a line only: all sides move outwards by area x ratio / perimeter. */
function unclip(box: Box): Box {
  const { width, height } = measureBox(box)
  const outwards = (width * height * UNCLIP_RATIO) / (2 * (width + height))
  const [topLeft, topRight, , bottomLeft] = box
  const along = [(topRight[0] - topLeft[0]) / width, (topRight[1] - topLeft[1]) / width] as const
  const down = [(bottomLeft[0] - topLeft[0]) / height, (bottomLeft[1] - topLeft[1]) / height] as const
  const move = ([x, y]: Point, right: number, below: number): Point => [
    x + (along[0] * right + down[0] * below) * outwards,
    y + (along[1] * right + down[1] * below) * outwards,
  ]
  return [move(box[0], -1, -1), move(box[1], 1, -1), move(box[2], 1, 1), move(box[3], -1, 1)]
}

function meanInside({ values, width, height }: TextMap, box: Box): number {
  const [left, top, right, bottom] = boundBox(box)
  const isInside = insideTest(box)
  let sum = 0
  let pixels = 0
  for (let y = Math.max(0, Math.floor(top)); y < Math.min(height, bottom); y++) {
    for (let x = Math.max(0, Math.floor(left)); x < Math.min(width, right); x++) {
      if (!isInside(x + 0.5, y + 0.5)) continue
      sum += values[y * width + x] as number
      pixels++
    }
  }
  return pixels === 0 ? 0 : sum / pixels
}

function insideTest([topLeft, topRight, , bottomLeft]: Box): (x: number, y: number) => boolean {
  const along = [topRight[0] - topLeft[0], topRight[1] - topLeft[1]] as const
  const down = [bottomLeft[0] - topLeft[0], bottomLeft[1] - topLeft[1]] as const
  const lengthAlong = along[0] ** 2 + along[1] ** 2
  const lengthDown = down[0] ** 2 + down[1] ** 2
  return (x, y) => {
    const u = (x - topLeft[0]) * along[0] + (y - topLeft[1]) * along[1]
    const v = (x - topLeft[0]) * down[0] + (y - topLeft[1]) * down[1]
    return u >= 0 && u <= lengthAlong && v >= 0 && v <= lengthDown
  }
}
