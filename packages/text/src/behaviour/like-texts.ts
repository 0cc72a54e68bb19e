import { createHash } from 'node:crypto'
import { readJoined } from '../expressions/read-text-as.js'

/** What a text says, without what is put beside it to make it another one: case, signs, pictures, digits and repeats. */
export function gistOf(text: string): string {
  return readJoined(text, true)
    .text.replaceAll(/[0-9\n@]/g, '')
    .replaceAll(/(.)\1+/gsu, '$1')
}

/** A SimHash (Charikar 2002) of 64 bits over pairs of characters: texts that differ in little differ in few bits. */
export interface SimHash {
  readonly high: number
  readonly low: number
}

const runLength = 2
const bits = 64

export function simHashOf(gist: string): SimHash {
  const characters = Array.from(gist)
  const votes = new Int32Array(bits)
  for (let at = 0; at + runLength <= Math.max(characters.length, runLength); at += 1) {
    const [high, low] = hash(characters.slice(at, at + runLength).join(''))
    for (let bit = 0; bit < 32; bit += 1) {
      votes[bit] = (votes[bit] ?? 0) + ((high >>> bit) & 1 ? 1 : -1)
      votes[bit + 32] = (votes[bit + 32] ?? 0) + ((low >>> bit) & 1 ? 1 : -1)
    }
  }
  const word = (from: number): number =>
    Array.from({ length: 32 }, (_, bit) => ((votes[from + bit] ?? 0) > 0 ? 2 ** bit : 0)).reduce(
      (sum, one) => sum + one,
      0,
    )
  return { high: word(0), low: word(32) }
}

/** Two words of 32 bits: FNV-1a, twice from different starts, with the mixing of MurmurHash3 at the end. */
function hash(text: string): [number, number] {
  let [a, b] = [0x811c9dc5, 0x01000193]
  for (let at = 0; at < text.length; at += 1) {
    a = Math.imul(a ^ text.charCodeAt(at), 0x01000193)
    b = Math.imul(b ^ text.charCodeAt(at), 0x85ebca6b)
  }
  return [mix(a), mix(b)]
}

function mix(word: number): number {
  let mixed = word ^ (word >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

function countBits(word: number): number {
  let left = word - ((word >>> 1) & 0x55555555)
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333)
  return Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

export function distanceOf(a: SimHash, b: SimHash): number {
  return countBits((a.high ^ b.high) >>> 0) + countBits((a.low ^ b.low) >>> 0)
}

/**
 * Hashes this near are taken for one text: of lines with a letter left out nine of ten are, of lines that have nothing to do
 * with each other none was nearer than 16. Looked for by equal bytes: up to seven bits apart one of the eight is equal for sure.
 */
const nearBits = 12

interface Kept {
  readonly key: string
  readonly hash: SimHash
}

/** Finds the first of the texts that say nearly the same. Holds the texts that came last, at most so many. */
export class LikeTexts {
  readonly #kept = new Map<string, Kept>()
  readonly #byByte = Array.from({ length: 8 }, () => new Map<number, Set<Kept>>())

  constructor(private readonly mostTexts = 4_000) {}

  /** A key that is the same for texts that say the same or nearly so. Takes the gist of a text. */
  keyOf(gist: string): string {
    const hash = simHashOf(gist)
    const key = createHash('sha256').update(`${hash.high}:${hash.low}`).digest('base64url').slice(0, 16)
    const near = this.#kept.get(key) ?? this.#find(hash)
    const kept = near ?? { key, hash }
    this.#forget(kept)
    this.#keep(kept)
    return kept.key
  }

  #find(hash: SimHash): Kept | undefined {
    for (const [place, byte] of bytesOf(hash).entries())
      for (const kept of this.#byByte[place]?.get(byte) ?? []) if (distanceOf(kept.hash, hash) <= nearBits) return kept
    return undefined
  }

  #keep(kept: Kept): void {
    this.#kept.set(kept.key, kept)
    for (const [place, byte] of bytesOf(kept.hash).entries()) {
      const bucket = this.#byByte[place]
      const found = bucket?.get(byte)
      if (found === undefined) bucket?.set(byte, new Set([kept]))
      else found.add(kept)
    }
    const [oldest] = this.#kept.values()
    if (this.#kept.size > this.mostTexts && oldest !== undefined) this.#forget(oldest)
  }

  #forget(kept: Kept): void {
    if (!this.#kept.delete(kept.key)) return
    for (const [place, byte] of bytesOf(kept.hash).entries()) this.#byByte[place]?.get(byte)?.delete(kept)
  }
}

function bytesOf({ high, low }: SimHash): number[] {
  return [high, low].flatMap((word) => [word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24])
}
