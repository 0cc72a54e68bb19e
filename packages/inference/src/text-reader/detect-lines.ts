import type { ModelPool, PoolResult } from '../model-pool.js'
import type { Values } from '../protocol.js'
import type { Picture } from '../picture.js'
import type { Box, Point } from './box.js'
import type { Area } from './cells.js'
import { findBoxes } from './find-boxes.js'
import { sampleBox } from './sample-box.js'
import type { DetectionManifest } from './text-manifest.js'

export type Failed = { ok: false; reason: Extract<PoolResult, { ok: false }>['reason'] | 'nan'; detail: string }
export type DetectedLines = { ok: true; boxes: Box[] } | Failed

/** Finds the lines of text in a part of a picture; boxes are in pixels of the whole picture. */
export async function detectLines(
  pool: ModelPool,
  input: DetectionManifest['input'],
  { picture, area, deadlineMs }: { picture: Picture; area: Area; deadlineMs: number },
): Promise<DetectedLines> {
  const size = sizeInput(picture, area, input)
  const result = await pool.run(() => makeInput(picture, area, input), deadlineMs)
  if (!result.ok) return result
  const { values, shape } = result
  if (shape[2] !== size.height || shape[3] !== size.width) {
    return { ok: false, reason: 'crashed', detail: `a map of ${shape.join('x')} for ${size.width}x${size.height}` }
  }
  const odd = values.find((value) => !(value >= -1e-3 && value <= 1 + 1e-3))
  if (odd !== undefined) return { ok: false, reason: 'nan', detail: `${odd} is no probability` }
  const right = (area.right - area.left) / size.width
  const down = (area.bottom - area.top) / size.height
  const place = ([x, y]: Point): Point => [area.left + x * right, area.top + y * down]
  const boxes = findBoxes({ values, ...size })
  return { ok: true, boxes: boxes.map(([a, b, c, d]) => [place(a), place(b), place(c), place(d)]) }
}

function makeInput(picture: Picture, area: Area, input: DetectionManifest['input']): Values {
  const { left, top, right, bottom } = area
  const size = sizeInput(picture, area, input)
  const box: Box = [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ]
  const values = sampleBox(picture, box, { ...input, ...size, filled: size.width })
  return { values, shape: [1, 3, size.height, size.width] }
}

/** A part is shown at the scale of the whole, so that a line looks the same in both. */
function sizeInput({ width, height }: Picture, area: Area, input: DetectionManifest['input']) {
  const { longestSide, multipleOf } = input
  const scale = Math.min(1, longestSide / Math.max(width, height))
  const fit = (side: number) => Math.max(1, Math.round((side * scale) / multipleOf)) * multipleOf
  return { width: fit(area.right - area.left), height: fit(area.bottom - area.top) }
}
