const bitsOfDigit = [0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4]

/** In how many bits two hashes of hex digits differ, digit by digit: shares no line with the index. */
export function distance(one: string, other: string): number {
  let sum = 0
  for (let place = 0; place < one.length; place += 1) {
    sum += bitsOfDigit[digitAt(one, place) ^ digitAt(other, place)] ?? 0
  }
  return sum
}

/** '0' is 48 and 'a' is 97. */
function digitAt(hash: string, place: number): number {
  const code = hash.charCodeAt(place)
  return code < 58 ? code - 48 : code - 87
}
