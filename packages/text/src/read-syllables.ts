import { visibleOf, widestGap, type Reading, type Terms } from './align-word.js'
import { readings } from './fold/readings.js'
import { simplify, type Pattern } from './pattern.js'
import { likenessOf } from './same-character.js'
import type { Token } from './tokens.js'
import { bitOf } from './variants.js'
import { isUnspaced } from './word-edges.js'

/**
 * How one character of an entry stands in the text: a hanzi as itself, as another one that sounds the same, or spelled in letters;
 * `fixed`: a letter or digit as itself.
 */
export interface Syllable {
  readonly how: 'same' | 'sound' | 'letters' | 'fixed'
  readonly first: number
  readonly last: number
  /** Signs stand between its letters. */
  readonly isParted?: boolean
  /** Letters of it stand there several times in a row. */
  readonly isDrawnOut?: boolean
}

/** True of letters, those of pinyin and those of the entry itself. */
export function isInLatin({ how }: Syllable): boolean {
  return how === 'letters' || how === 'fixed'
}

/** The syllables of a pattern, read backwards from the token that may be its end; null when they are not there. */
export function readSyllables(pattern: Pattern, reading: Reading, last: number, terms: Terms): Syllable[] | null {
  const found: Syllable[] = []
  let at = last
  for (let index = pattern.characters.length - 1; index >= 0; index -= 1) {
    const token = reading.tokens[at]
    if (token === undefined || token.start < terms.from) return null
    const isFixed = pattern.syllables[index]?.length === 0
    const syllable = isFixed
      ? readFixed(pattern, index, { token, at, terms })
      : isUnspaced(token.codePoint)
        ? readHanzi(pattern, index, { token, at, terms })
        : readLetters(pattern, index, { reading, at, terms })
    if (syllable === null) return null
    found.unshift(syllable)
    at = syllable.first - 1
  }
  return found
}

interface Place {
  readonly token: Token
  readonly at: number
  readonly terms: Terms
}

function readFixed(pattern: Pattern, index: number, { token, at, terms }: Place): Syllable | null {
  const wanted = pattern.characters[index]
  const isSame = wanted !== undefined && likenessOf(token, wanted, terms.allowed & ~bitOf.leet) === 'same'
  return isSame ? { how: 'fixed', first: at, last: at } : null
}

function readHanzi(pattern: Pattern, index: number, { token, at, terms }: Place): Syllable | null {
  const wanted = pattern.characters[index]
  if (wanted === undefined || token.parts > 1) return null
  if (likenessOf(token, wanted, terms.allowed & ~bitOf.leet) === 'same') return { how: 'same', first: at, last: at }
  const sound = readings.first(simplify(token.codePoint))
  const isAlike = sound !== undefined && pattern.syllables[index]?.includes(sound) === true
  return isAlike ? { how: 'sound', first: at, last: at } : null
}

function readLetters(
  pattern: Pattern,
  index: number,
  { reading, at, terms }: { reading: Reading; at: number; terms: Terms },
): Syllable | null {
  for (const syllable of pattern.syllables[index] ?? []) {
    for (const letters of syllable.includes('v') ? [syllable, syllable.replace('v', 'u')] : [syllable]) {
      const first = firstOfSpelled(letters, reading.tokens, at, terms)
      if (first === null) continue
      const isParted = reading.tokens.slice(first + 1, at + 1).some(({ gap }) => gap !== null && visibleOf(gap) > 0)
      return { how: 'letters', first, last: at, isParted, isDrawnOut: at - first >= letters.length }
    }
  }
  return null
}

/** The token that the letters begin at; null when they are not there. */
function firstOfSpelled(letters: string, tokens: readonly Token[], last: number, terms: Terms): number | null {
  let first = last + 1
  for (const letter of Array.from(letters).toReversed()) {
    const at = first - 1
    if (!isLetter(letter, tokens[at], terms)) return null
    if (first <= last && isWide(tokens[first])) return null
    first = firstOfRun(tokens, at, terms)
  }
  return first
}

function isLetter(letter: string, token: Token | undefined, { allowed, from }: Terms): boolean {
  if (token === undefined || token.start < from || token.parts > 1) return false
  return likenessOf(token, { codePoint: letter.codePointAt(0) ?? 0, part: 0 }, allowed & ~bitOf.leet) === 'same'
}

function isWide(token: Token | undefined): boolean {
  return token !== undefined && token.gap !== null && visibleOf(token.gap) > widestGap
}

/** Three and more of a letter are it once, drawn out; no syllable has two. */
function firstOfRun(tokens: readonly Token[], at: number, { allowed, from }: Terms): number {
  const start = tokens[at]?.runStart ?? at
  const isDrawnOut = at - start >= 2 && (allowed & bitOf.repeat) !== 0 && (tokens[start]?.start ?? 0) >= from
  return isDrawnOut ? start : at
}
