import type { Picture } from '@streamkeeper/media'

export interface GateRules {
  /** Difference of a block's mean brightness, in one of three colours of 256 levels, from which on a picture has changed. */
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
  readonly means: Uint8Array
  readonly width: number
  readonly height: number
  readonly atMs: number
}

/** Blocks so large hold what a person can read, and are small enough that it moves their mean. */
const blockSide = 32
/** Every fourth pixel of every fourth row: 64 of a block. */
const stride = 4
const blackBelow = 20
/** Streams beyond these are looked at as if they were new. */
const mostStreams = 5_000

/** `null` lets every picture through. */
export function createGate(rules: GateRules | null): Gate {
  const last = new Map<string, LastLook>()
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

function isNear(one: Uint8Array, other: Uint8Array, changedFrom: number): boolean {
  for (let at = 0; at < one.length; at += 1)
    if (Math.abs((one[at] ?? 0) - (other[at] ?? 0)) >= changedFrom) return false
  return true
}

/** Mean red, green and blue of each block, rows from the top. */
function meansOf({ width, height, rgb }: Picture): Uint8Array {
  const columns = Math.ceil(width / blockSide)
  const sums = new Float64Array(columns * Math.ceil(height / blockSide) * 3)
  const counts = new Uint16Array(sums.length / 3)
  for (let y = 0; y < height; y += stride) {
    const row = Math.floor(y / blockSide) * columns
    for (let x = 0; x < width; x += stride) {
      const block = row + Math.floor(x / blockSide)
      const pixel = (y * width + x) * 3
      counts[block] = (counts[block] ?? 0) + 1
      for (let colour = 0; colour < 3; colour += 1)
        sums[block * 3 + colour] = (sums[block * 3 + colour] ?? 0) + (rgb[pixel + colour] ?? 0)
    }
  }
  return Uint8Array.from(sums, (sum, at) => Math.round(sum / Math.max(1, counts[Math.floor(at / 3)] ?? 1)))
}
