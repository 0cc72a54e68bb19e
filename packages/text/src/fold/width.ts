/** Runs of the block "Halfwidth and Fullwidth Forms" that keep their order: first, last, what the first becomes. */
const runs: readonly [first: number, last: number, to: number][] = [
  [0x3000, 0x3000, 0x20],
  [0xff01, 0xff5e, 0x21],
  [0xff5f, 0xff60, 0x2985],
  [0xffa1, 0xffbe, 0x3131],
  [0xffc2, 0xffc7, 0x314f],
  [0xffca, 0xffcf, 0x3155],
  [0xffd2, 0xffd7, 0x315b],
  [0xffda, 0xffdc, 0x3161],
  [0xffe0, 0xffe1, 0xa2],
  [0xffe2, 0xffe2, 0xac],
  [0xffe3, 0xffe3, 0xaf],
  [0xffe4, 0xffe4, 0xa6],
  [0xffe5, 0xffe5, 0xa5],
  [0xffe6, 0xffe6, 0x20a9],
  [0xffe8, 0xffe8, 0x2502],
  [0xffe9, 0xffec, 0x2190],
  [0xffed, 0xffed, 0x25a0],
  [0xffee, 0xffee, 0x25cb],
]

/** U+FF61 to U+FF9F in order; the last two are the sound marks, as combining characters. */
const halfWidthKatakana =
  '。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン\u3099\u309a'

/**
 * Full-width and half-width forms become the ordinary ones. Half-width katakana spells a voiced sound as two characters
 * (ｶﾞ), so the ordinary ones with a sound mark (ガ) are taken apart in the same way.
 */
export const width: ReadonlyMap<number, readonly number[]> = findWidths()

/** Sound marks that belong to the kana before them. */
export const soundMarks: ReadonlySet<number> = new Set([0x3099, 0x309a])

function findWidths(): Map<number, readonly number[]> {
  const changes = new Map<number, readonly number[]>()
  for (const [first, last, to] of runs) {
    for (let codePoint = first; codePoint <= last; codePoint++) changes.set(codePoint, [to + codePoint - first])
  }
  Array.from(halfWidthKatakana, (kana, index) => changes.set(0xff61 + index, codePointsOf(kana)))
  for (let codePoint = 0x30a1; codePoint <= 0x30fe; codePoint++) {
    const parts = codePointsOf(String.fromCodePoint(codePoint).normalize('NFD'))
    if (parts.length === 2) changes.set(codePoint, parts)
  }
  return changes
}

function codePointsOf(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0)
}
