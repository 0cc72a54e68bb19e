import type { MediaType } from '../../src/segment.js'

export const mediaTypes: readonly MediaType[] = ['video/mp2t', 'video/mp4', 'video/x-matroska']

/** One thing that somebody sends instead of a segment. */
export interface HostileInput {
  readonly family: string
  readonly name: string
  readonly mediaType: MediaType
  readonly bytes: Buffer
  /** It can never be a picture; else it may be one, of its own. */
  readonly neverPicture: boolean
}

/** What the inputs are made from: whole segments of two seconds, and what they try to reach. */
export interface Materials {
  readonly ts: Buffer
  /** Fragments behind their own head. */
  readonly mp4: Buffer
  /** One table of samples, in front of the media. */
  readonly plainMp4: Buffer
  readonly mkv: Buffer
  readonly hevcTs: Buffer
  readonly canaryPath: string
  readonly honeyUrl: string
}

/** Chance that falls the same way each time (mulberry32): an integer below the limit. */
export function seeded(seed: number): (limit: number) => number {
  let state = seed >>> 0
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
}

export function seededBytes(seed: number, size: number): Buffer {
  const next = seeded(seed)
  return Buffer.from(Array.from({ length: size }, () => next(256)))
}

export const goodOf = (materials: Materials, mediaType: MediaType): Buffer =>
  ({ 'video/mp2t': materials.ts, 'video/mp4': materials.mp4, 'video/x-matroska': materials.mkv })[mediaType]
