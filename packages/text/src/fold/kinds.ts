import { compatibleForm } from './compatibility.js'
import { lookAlikes } from './fold-character.js'
import { invisible } from './invisible.js'
import { soundMarks } from './width.js'

/** What a character is to a reader of words: a part of a word, or one of the things that may stand between its parts. */
export const Kind = { symbol: 0, hidden: 1, mark: 2, strong: 3, weak: 4, emoji: 5, boundary: 6, tone: 7 } as const
export type Kind = (typeof Kind)[keyof typeof Kind]

/** Stands between two messages that are read as one: a noncharacter, which nobody has a reason to send. */
export const boundary = '\ufdd0'

const wordPart = /^[\p{L}\p{N}\p{M}]$/u
/** Marks that go with letters of any script, lie around them, or decorate (U+0483); vowels of Thai are parts of its words. */
const freeMark = /^(?:(?=\p{M})[\p{Script=Inherited}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]|\p{Me})$/u
const picture = /^[\p{Extended_Pictographic}\p{Emoji_Presentation}]$/u
const modifier = /^\p{Emoji_Modifier}$/u
/** Signs that people put between letters and hardly anywhere else. */
const strongSign = /^(?:[-_*~^|/\\+=·•‧・`#&%]|\p{Pd}|\p{Sm}|\p{So}|\p{Sk})$/u
/** Read as letters, since they are letters far more often than they part words: a for @, s for $. */
const signLetters = new Set([0x40, 0x24])
/** Large blocks of letters, first and end: hanzi, Korean syllables, hanzi of the planes above. */
const letterBlocks: readonly (readonly [first: number, end: number])[] = [
  [0x3400, 0x4dc0],
  [0x4e00, 0xa000],
  [0xac00, 0xd7a4],
  [0x20000, 0x40000],
]

/** The kind of a code point in an ordinary reading. */
export function kindOf(codePoint: number): Kind {
  if (letterBlocks.some(([first, end]) => codePoint >= first && codePoint < end)) return Kind.symbol
  if (codePoint === boundary.codePointAt(0)) return Kind.boundary
  const character = String.fromCodePoint(codePoint)
  if (invisible.has(codePoint) || modifier.test(character)) return Kind.hidden
  if (soundMarks.has(codePoint) || signLetters.has(codePoint)) return Kind.symbol
  if (freeMark.test(character)) return Kind.mark
  return isWordPart(codePoint, character) ? Kind.symbol : kindOfSign(character)
}

function kindOfSign(character: string): Kind {
  if (picture.test(character)) return Kind.emoji
  return strongSign.test(character) || strongSign.test(character.normalize('NFKC')) ? Kind.strong : Kind.weak
}

function isWordPart(codePoint: number, character: string): boolean {
  if (wordPart.test(character) || lookAlikes.has(codePoint)) return true
  const form = compatibleForm(codePoint)
  return form.length > 1 || form[0] !== codePoint
}
