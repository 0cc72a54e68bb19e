const { imul } = Math

/** A hash as it is compared: eight words of 32 bits. */
export const longWords = 8

/** Beyond this two hashes are different pictures: the reference implementation's figure for a match is at most 31. */
export const furthestMatch = 31

/** In how many bits two hashes differ, each from an offset on; more than `furthestMatch` when they are further apart. */
export function distanceBetween(one: Uint32Array, from: number, other: Uint32Array, start: number): number {
  let distance = 0
  for (let word = 0; word < longWords && distance <= furthestMatch; word += 1) {
    distance += bitsOf((one[from + word] ?? 0) ^ (other[start + word] ?? 0))
  }
  return distance
}

/** How many bits of a 32-bit word are set (Warren, Hacker's Delight, 5-1). */
export function bitsOf(word: number): number {
  let sum = word - ((word >>> 1) & 0x55555555)
  sum = (sum & 0x33333333) + ((sum >>> 2) & 0x33333333)
  return imul((sum + (sum >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
