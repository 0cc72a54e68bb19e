/** All characters with case lie below this (Adlam ends at U+1E943). */
const end = 0x1f000
const dotlessI = 0x131

/** Pairs of CaseFolding.txt (status S) that no round through upper and lower case finds. */
const pairs: readonly [from: number, to: number][] = [
  [0x1fd3, 0x0390],
  [0x1fe3, 0x03b0],
  [0xfb05, 0xfb06],
]

/**
 * Unicode simple case folding: one code point to one, the same in every language (so Turkish İ and ı stay as they are,
 * and ß is not ss). Derived from the runtime's own Unicode data.
 */
export const letterCase: ReadonlyMap<number, readonly number[]> = findCases()

function findCases(): Map<number, readonly number[]> {
  const changes = new Map<number, readonly number[]>(pairs.map(([from, to]) => [from, [to]]))
  for (let codePoint = 0; codePoint < end; codePoint++) {
    const folded = foldCase(codePoint)
    if (folded !== codePoint && codePoint !== dotlessI) changes.set(codePoint, [folded])
  }
  return changes
}

function foldCase(codePoint: number): number {
  const lower = singleOf(String.fromCodePoint(codePoint).toLowerCase()) ?? codePoint
  const upper = singleOf(String.fromCodePoint(codePoint).toUpperCase())
  return upper === undefined ? lower : (singleOf(String.fromCodePoint(upper).toLowerCase()) ?? lower)
}

function singleOf(text: string): number | undefined {
  const codePoint = text.codePointAt(0)
  return codePoint !== undefined && text.length === String.fromCodePoint(codePoint).length ? codePoint : undefined
}
