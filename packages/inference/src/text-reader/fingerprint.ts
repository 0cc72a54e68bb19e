import { CHANGE } from './cells.js'

const BLOCK = 4

/**
 * What a cut-out line looks like: the mean of its blocks of 4x4 pixels over the three planes, in the units of a byte.
 * `deviation` is what the planes were divided by.
 */
export function fingerprintOf(tensor: Float32Array, width: number, deviation: readonly number[]): Int16Array {
  const plane = tensor.length / 3
  const height = plane / width
  const columns = Math.floor(width / BLOCK)
  const print = new Int16Array(columns * Math.floor(height / BLOCK))
  const weights = deviation.map((value) => (value * 255) / (BLOCK * BLOCK * 3))
  for (let index = 0; index < print.length; index++) {
    const column = index % columns
    const start = ((index - column) / columns) * BLOCK * width + column * BLOCK
    let sum = 0
    for (let channel = 0; channel < 3; channel++) {
      sum += (weights[channel] as number) * sumBlock(tensor, channel * plane + start, width)
    }
    print[index] = Math.round(sum)
  }
  return print
}

function sumBlock(tensor: Float32Array, start: number, width: number): number {
  let sum = 0
  for (let y = 0; y < BLOCK; y++) {
    const from = start + y * width
    for (let x = from; x < from + BLOCK; x++) sum += tensor[x] as number
  }
  return sum
}

/** Whether two cut-outs of the same box show the same: no block changed against the mean change by more than a cell of a picture may. */
export function looksSame(before: Int16Array, now: Int16Array): boolean {
  if (before.length !== now.length) return false
  let [sum, least, most] = [0, Infinity, -Infinity]
  for (let index = 0; index < now.length; index++) {
    const change = (now[index] as number) - (before[index] as number)
    sum += change
    least = Math.min(least, change)
    most = Math.max(most, change)
  }
  const mean = sum / now.length
  return Math.max(most - mean, mean - least) <= CHANGE
}
