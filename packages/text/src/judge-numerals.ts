import { visibleOf, type Reading, type Step } from './align-word.js'
import { numeralForms } from './fold/numerals.js'
import { makeWord } from './judge-gaps.js'
import { leastBesideNumerals, simplify, type Pattern } from './pattern.js'
import type { Token } from './tokens.js'
import { isSpaced, isUnspaced } from './word-edges.js'

interface Ground {
  readonly pattern: Pattern
  readonly reading: Reading
  readonly steps: readonly Step[]
}

/** A number that goes on to the left, an amount of money, or what counts places. */
const numberBefore = /(?:[\p{L}\p{N}][.,:：/-]?|[¥￥$€£]\s?)$/u
const ordinalBefore = /[第初]$/u
const numberAfter = /^[.,:：/-]?[\p{N}%]/u

/**
 * Whether a digit or a numeral of documents stands for one of the entry's: 6合彩. Not as part of a longer number, nor beside a gap that
 * is not everywhere, as in a list, nor where what stands around it makes words with its neighbours.
 */
export function areNumeralsDisguise({ pattern, reading, steps }: Ground): boolean {
  if (!steps.some((step) => isNumeral(pattern, step))) return true
  const changed = steps.filter((step) => isNumeral(pattern, step))
  if (pattern.characters.length - changed.length < leastBesideNumerals) return false
  const [first, last] = [steps[0]?.token ?? 0, steps.at(-1)?.token ?? 0]
  if (makeWord(reading.tokens, first - 1) || makeWord(reading.tokens, last) || !areGapsEven(reading, first, last))
    return false
  return changed.every(({ token }) => isNumberApart(reading, token, { first, last }))
}

function isNumeral({ characters }: Pattern, { likeness, character }: Step): boolean {
  return likeness === 'leet' && numeralForms(simplify(characters[character]?.codePoint ?? 0)).length > 0
}

function areGapsEven({ tokens }: Reading, first: number, last: number): boolean {
  const parted = tokens.slice(first + 1, last + 1).map(({ gap }) => gap !== null && visibleOf(gap) > 0)
  return parted.every(Boolean) || !parted.some(Boolean)
}

/** Looked at from outside of the hit alone: between its characters other numerals of the entry may stand. */
function isNumberApart(
  { text, tokens }: Reading,
  at: number,
  { first, last }: { first: number; last: number },
): boolean {
  const own = tokens[at]
  if (own === undefined || isUnspaced(own.codePoint)) return true
  const before = text.slice(Math.max(0, own.start - 3), own.start)
  if (at === first && (numberBefore.test(latinOnly(before)) || ordinalBefore.test(before))) return false
  return at !== last || (!numberAfter.test(text.slice(own.end, own.end + 2)) && !touches(tokens[last + 1]))
}

/** What is counted stands behind the number. */
function touches(next: Token | undefined): boolean {
  return next !== undefined && next.gap === null && (isUnspaced(next.codePoint) || isSpaced(next.codePoint))
}

/** Hanzi part words themselves. */
function latinOnly(text: string): string {
  return text.replaceAll(/\p{Script=Han}/gu, ' ')
}
