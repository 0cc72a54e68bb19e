import type { Picture } from '@streamkeeper/media'

export interface GateRules {
  /** Difference of a square's mean brightness, in one of three colours of 256 levels, from which on a picture has changed. */
  readonly changedFrom: number
  /** However little changes, a picture is looked at so often, in milliseconds of stream time. */
  readonly forcedLookMs: number
}

/** What the gate says of a picture. `unchangedSinceMs`: stream time of the look that still holds. */
export type GateAnswer =
  | { readonly look: true; readonly isBlack: boolean }
  | { readonly look: false; readonly unchangedSinceMs: number }

/** Saves models the pictures that they have seen. */
export interface Gate {
  ask(streamId: string, picture: Picture): GateAnswer
  /** To be told how a look ended: only one that found nothing lets later ones be saved. */
  looked(streamId: string, picture: Picture, foundNothing: boolean): void
  forget(streamId: string): void
}

interface LastLook {
  readonly means: Float32Array
  readonly width: number
  readonly height: number
  readonly atMs: number
}

/** Every fourth pixel of every fourth row. */
const stride = 4
const cellSide = 16
/**
 * Squares of 32 pixels hold what a person can read, and are small enough that it moves their mean. One begins at every
 * cell, so that what lies on the edge of one lies inside another.
 */
const squareCells = 2
const blackBelow = 20
/** Streams beyond these are looked at as if they were new. */
const mostStreams = 5_000

/** `null` lets every picture through. */
export function createGate(rules: GateRules | null): Gate {
  const last = new Map<string, LastLook>()
  // Who asks about a picture tells of its look soon.
  const known = new WeakMap<Picture, Float32Array>()
  const meansOf = (picture: Picture): Float32Array => {
    const means = known.get(picture) ?? readMeans(picture)
    known.set(picture, means)
    return means
  }
  return {
    ask: (streamId, picture) => {
      const means = meansOf(picture)
      const before = last.get(streamId)
      const isBlack = means.every((mean) => mean < blackBelow)
      if (rules === null || before === undefined) return { look: true, isBlack }
      const isSame =
        before.width === picture.width &&
        before.height === picture.height &&
        isNear(before.means, means, rules.changedFrom) &&
        picture.streamTimeMs >= before.atMs &&
        picture.streamTimeMs - before.atMs < rules.forcedLookMs
      return isSame ? { look: false, unchangedSinceMs: before.atMs } : { look: true, isBlack }
    },
    looked: (streamId, picture, foundNothing) => {
      last.delete(streamId)
      // Rules count hits: what hit once must be able to hit again.
      if (!foundNothing) return
      const { width, height, streamTimeMs: atMs } = picture
      last.set(streamId, { means: meansOf(picture), width, height, atMs })
      const [oldest] = last.keys()
      if (last.size > mostStreams && oldest !== undefined) last.delete(oldest)
    },
    forget: (streamId) => void last.delete(streamId),
  }
}

function isNear(one: Float32Array, other: Float32Array, changedFrom: number): boolean {
  for (let at = 0; at < one.length; at += 1)
    if (Math.abs((one[at] ?? 0) - (other[at] ?? 0)) >= changedFrom) return false
  return true
}

/** Mean red, green and blue of each square, rows from the top. */
function readMeans(picture: Picture): Float32Array {
  const [columns, rows] = [Math.ceil(picture.width / cellSide), Math.ceil(picture.height / cellSide)]
  const cells = sumsOf(picture, columns, rows)
  const [across, down] = [columns, rows].map((count) => Math.max(1, count - squareCells + 1)) as [number, number]
  const means = new Float32Array(across * down * 3)
  for (let square = 0; square < across * down; square += 1) {
    const sum = [0, 0, 0, 0]
    const [left, top] = [square % across, Math.floor(square / across)]
    for (let row = top; row < Math.min(rows, top + squareCells); row += 1)
      for (let at = 0; at < 4 * Math.min(columns - left, squareCells); at += 1)
        sum[at % 4] = (sum[at % 4] ?? 0) + (cells[(row * columns + left) * 4 + at] ?? 0)
    for (let colour = 0; colour < 3; colour += 1) means[square * 3 + colour] = (sum[colour] ?? 0) / (sum[3] ?? 1)
  }
  return means
}

/** Of each cell the sums of red, green and blue, and of how many pixels. */
function sumsOf({ width, height, rgb }: Picture, columns: number, rows: number): Float64Array {
  const sums = new Float64Array(columns * rows * 4)
  for (let y = 0; y < height; y += stride) {
    const row = Math.floor(y / cellSide) * columns
    for (let x = 0; x < width; x += stride) {
      const cell = (row + Math.floor(x / cellSide)) * 4
      const pixel = (y * width + x) * 3
      for (let colour = 0; colour < 3; colour += 1)
        sums[cell + colour] = (sums[cell + colour] ?? 0) + (rgb[pixel + colour] ?? 0)
      sums[cell + 3] = (sums[cell + 3] ?? 0) + 1
    }
  }
  return sums
}
