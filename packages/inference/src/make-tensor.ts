import type { Manifest } from './manifest.js'
import type { Picture } from './picture.js'

interface Axis {
  low: Int32Array
  high: Int32Array
  part: Float32Array
}

interface Target {
  width: number
  height: number
  pixelStride: number
  /** Where the first value of red, green and blue goes. */
  channelStarts: [number, number, number]
}

/**
 * Makes the input of a model from a picture of any size: bilinear with aligned corners, then from bytes to the
 * manifest's range. The same as `tf.image.resizeBilinear(picture / 255, size, true)` for NHWC, rgb, 0 to 1.
 */
export function makeTensor(picture: Picture, input: Manifest['input']): Float32Array {
  const target = describeTarget(input)
  const [low, high] = input.range
  const scale = (high - low) / 255
  const columns = sampleAxis(picture.width, target.width)
  const rows = sampleAxis(picture.height, target.height)
  const tensor = new Float32Array(target.width * target.height * 3)
  for (let y = 0; y < target.height; y++) {
    fillRow({ picture, target, tensor, columns, scale, low }, y, rows)
  }
  return tensor
}

function describeTarget({ shape, layout, colour }: Manifest['input']): Target {
  const [height, width] = layout === 'NHWC' ? [shape[1], shape[2]] : [shape[2], shape[3]]
  const channelStride = layout === 'NHWC' ? 1 : height * width
  const [red, blue] = colour === 'rgb' ? [0, 2] : [2, 0]
  const channelStarts: Target['channelStarts'] = [red * channelStride, channelStride, blue * channelStride]
  return { width, height, pixelStride: layout === 'NHWC' ? 3 : 1, channelStarts }
}

/** For each target position the two source positions around it and how far it lies towards the second. */
function sampleAxis(size: number, target: number): Axis {
  const step = target > 1 ? (size - 1) / (target - 1) : 0
  const axis: Axis = { low: new Int32Array(target), high: new Int32Array(target), part: new Float32Array(target) }
  for (let index = 0; index < target; index++) {
    const place = index * step
    const low = Math.min(size - 1, Math.floor(place))
    axis.low[index] = low
    axis.high[index] = Math.min(size - 1, Math.ceil(place))
    axis.part[index] = place - low
  }
  return axis
}

interface Job {
  picture: Picture
  target: Target
  tensor: Float32Array
  columns: Axis
  scale: number
  low: number
}

function fillRow({ picture, target, tensor, columns, scale, low }: Job, y: number, rows: Axis): void {
  const { rgb, width } = picture
  const top = at(rows.low, y) * width
  const bottom = at(rows.high, y) * width
  const down = at(rows.part, y)
  for (let x = 0; x < target.width; x++) {
    const left = at(columns.low, x)
    const right = at(columns.high, x)
    const along = at(columns.part, x)
    const start = (y * target.width + x) * target.pixelStride
    for (let channel = 0; channel < 3; channel++) {
      const upper = mix(at(rgb, (top + left) * 3 + channel), at(rgb, (top + right) * 3 + channel), along)
      const lower = mix(at(rgb, (bottom + left) * 3 + channel), at(rgb, (bottom + right) * 3 + channel), along)
      tensor[start + at(target.channelStarts, channel)] = low + mix(upper, lower, down) * scale
    }
  }
}

function mix(from: number, to: number, part: number): number {
  return from + (to - from) * part
}

/** Indexes are within bounds by construction. */
function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? 0
}
