/** Default ignorable code points lie in the first two planes and at the start of plane 14. */
const ranges = [
  [0, 0x1ffff],
  [0xe0000, 0xe0fff],
] as const

/** Control characters show nothing either, save those that break a line or a word. */
const hidden = /^(?:\p{Default_Ignorable_Code_Point}|[\ufff9-\ufffb]|(?![\t-\r\u0085])\p{Cc})$/u

/** Zero-width, bidi, variation selectors, tags and other characters that a reader does not see: skipped. */
export const invisible: ReadonlyMap<number, readonly number[]> = findInvisible()

function findInvisible(): Map<number, readonly number[]> {
  const changes = new Map<number, readonly number[]>()
  for (const [first, last] of ranges) {
    for (let codePoint = first; codePoint <= last; codePoint++) {
      if (hidden.test(String.fromCodePoint(codePoint))) changes.set(codePoint, [])
    }
  }
  return changes
}
