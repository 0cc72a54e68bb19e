/** Scripts whose letters are read the same without their accents; й is a letter of its own. */
const accented = /^(?![йЙ])[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]$/u
/** Letters with a stroke, which the Unicode data does not take apart. */
const stroked = new Map(
  'øo łl đd ħh ŧt ɨi ɍr ƀb ȼc ɇe ƶz'.split(' ').flatMap((pair): [number, number][] => {
    const [from = '', to = ''] = pair
    return [from, from.toUpperCase()].map((each, index) => [
      each.codePointAt(0) ?? 0,
      (index === 0 ? to : to.toUpperCase()).codePointAt(0) ?? 0,
    ])
  }),
)

/** A letter without what stands above, below or across it. */
export function withoutMarks(codePoint: number): number {
  if (codePoint < 0xc0) return codePoint
  const plain = stroked.get(codePoint)
  if (plain !== undefined) return plain
  const character = String.fromCodePoint(codePoint)
  if (!accented.test(character)) return codePoint
  const parts = Array.from(character.normalize('NFD'))
  const isAccent = parts.slice(1).every((part) => /\p{Mn}/u.test(part))
  return parts.length > 1 && isAccent ? (parts[0]?.codePointAt(0) ?? codePoint) : codePoint
}
