import type { Picture } from '../picture.js'
import type { Box } from './box.js'

export interface Pixels {
  colour: 'rgb' | 'bgr'
  mean: readonly number[]
  deviation: readonly number[]
}

export interface Target extends Pixels {
  width: number
  height: number
  /** Columns at the left that the box fills; the rest is 0, the middle of the range. */
  filled: number
}

/**
 * Cuts a box (a parallelogram) out of a picture into a tensor of three planes, `filled` x `height`: bilinear, the
 * middle of a target pixel is where it lies in the box, places outside of the picture take its nearest pixel.
 */
export function sampleBox(picture: Picture, box: Box, target: Target): Float32Array {
  const { width, height, filled } = target
  const tensor = new Float32Array(3 * width * height)
  const walk = planWalk(box, filled, height)
  const channels = planChannels(target)
  for (let y = 0; y < height; y++) sampleRow(picture, tensor, { ...walk, ...channels, width, height, filled }, y)
  return tensor
}

interface Walk {
  originX: number
  originY: number
  /** From one target column to the next, and from one row to the next, in pixels of the picture. */
  alongX: number
  alongY: number
  downX: number
  downY: number
}

function planWalk([[left, top], [rightX, rightY], , [lowX, lowY]]: Box, width: number, height: number): Walk {
  const alongX = (rightX - left) / width
  const alongY = (rightY - top) / width
  const downX = (lowX - left) / height
  const downY = (lowY - top) / height
  const originX = left + (alongX + downX) / 2 - 0.5
  const originY = top + (alongY + downY) / 2 - 0.5
  return { originX, originY, alongX, alongY, downX, downY }
}

interface Channels {
  /** By channel of the picture: where its plane is, and what a byte becomes. */
  planes: number[]
  scales: number[]
  offsets: number[]
}

function planChannels({ colour, mean, deviation }: Pixels): Channels {
  const planes = colour === 'rgb' ? [0, 1, 2] : [2, 1, 0]
  const scales = planes.map((plane) => 1 / (255 * (deviation[plane] as number)))
  const offsets = planes.map((plane) => -(mean[plane] as number) / (deviation[plane] as number))
  return { planes, scales, offsets }
}

type Row = Walk & Channels & { width: number; height: number; filled: number }

/** The inner loop, up to half a million times a picture: numbers only, no calls but Math.min and Math.max. */
function sampleRow({ width: right, height: bottom, rgb }: Picture, tensor: Float32Array, row: Row, y: number): void {
  const { width, height, filled, planes, scales, offsets } = row
  for (let x = 0; x < filled; x++) {
    const sourceX = Math.min(right - 1, Math.max(0, row.originX + x * row.alongX + y * row.downX))
    const sourceY = Math.min(bottom - 1, Math.max(0, row.originY + x * row.alongY + y * row.downY))
    const column = Math.floor(sourceX)
    const line = Math.floor(sourceY)
    const along = sourceX - column
    const down = sourceY - line
    const here = (line * right + column) * 3
    const next = column + 1 < right ? 3 : 0
    const below = line + 1 < bottom ? right * 3 : 0
    for (let channel = 0; channel < 3; channel++) {
      const at = here + channel
      const upper = (rgb[at] as number) * (1 - along) + (rgb[at + next] as number) * along
      const lower = (rgb[at + below] as number) * (1 - along) + (rgb[at + below + next] as number) * along
      const value = upper + (lower - upper) * down
      const place = (planes[channel] as number) * width * height + y * width + x
      tensor[place] = value * (scales[channel] as number) + (offsets[channel] as number)
    }
  }
}
