/** In how many bits two hashes of hex digits differ, digit by digit: shares no line with the index. */
export function distance(one: string, other: string): number {
  let sum = 0
  for (let place = 0; place < one.length; place += 1) {
    let bits = Number.parseInt(one.charAt(place), 16) ^ Number.parseInt(other.charAt(place), 16)
    for (; bits > 0; bits >>= 1) sum += bits & 1
  }
  return sum
}
