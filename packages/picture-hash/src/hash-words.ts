import { bitsOf } from './hamming.js'

/** A hash is 256 bits: 16 words of 16 bits. */
export const words = 16

/** The hash as 64 hex digits, the highest word first. */
export function formatWords(hash: Uint16Array): string {
  return Array.from(hash, (word) => word.toString(16).padStart(4, '0'))
    .reverse()
    .join('')
}

const hexHash = /^[0-9a-f]{64}$/i

/** The words of 64 hex digits, in either case; undefined when it is something else. */
export function parseWords(hash: string): Uint16Array<ArrayBuffer> | undefined {
  if (!hexHash.test(hash)) return undefined
  const result = new Uint16Array(words)
  for (let word = 0; word < words; word += 1) {
    const end = (words - word) * 4
    result[word] = Number.parseInt(hash.slice(end - 4, end), 16)
  }
  return result
}

/** How many of the 256 bits are set. */
export function bitsSet(hash: Uint16Array): number {
  return hash.reduce((sum, word) => sum + bitsOf(word), 0)
}
