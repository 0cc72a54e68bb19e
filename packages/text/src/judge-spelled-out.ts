import { visibleOf, type Reading, type Step } from './align-word.js'
import { isEnglishWord } from './fold/words.js'
import { lettersOf } from './judge-gaps.js'
import type { Gap } from './tokens.js'
import { isSpaced } from './word-edges.js'

/** A longer word than this is not looked for around a hit: a hostile text must not be walked over and over. */
const longestReach = 24
/** So short a word stands in many a longer one. */
const shortWord = 3

/**
 * True when letters that stand one by one with the same sign between them go on beside the hit and make another word with it:
 * C L A S S has no "ass". What goes on around a longer word may be anything but a word that all of it is.
 */
export function isPartOfSpelledWord(size: number, { text, tokens }: Reading, steps: readonly Step[]): boolean {
  const [first, last] = [steps[0]?.token ?? 0, steps.at(-1)?.token ?? 0]
  const inside = tokens.slice(first + 1, last + 1)
  if (!inside.every(({ gap }) => isParted(gap))) return false
  const signs = new Set(inside.map(({ gap }) => signsOf(text, gap)))
  const isSingle = (token: number): boolean =>
    (token === 0 || isParted(tokens[token]?.gap)) && isParted(tokens[token + 1]?.gap)
  const goesOn = (token: number, gapOf: number): boolean =>
    isSpaced(tokens[token]?.codePoint ?? 0) && isSingle(token) && signs.has(signsOf(text, tokens[gapOf]?.gap))
  let [from, to] = [first, last]
  while (first - from < longestReach && goesOn(from - 1, from)) from -= 1
  while (to - last < longestReach && goesOn(to + 1, to + 1)) to += 1
  if (from === first && to === last) return false
  const [before, own, after] = [
    lettersOf(tokens, from, first - 1),
    lettersOf(tokens, first, last),
    lettersOf(tokens, last + 1, to),
  ]
  // What is left of "a grape" without its article is the word.
  const isWord = [before, before.replace(/^[ai]/, '')].some(
    (start) => start + after !== '' && isEnglishWord(start + own + after),
  )
  return isWord || (size <= shortWord && ![before, after].every(isWordApart))
}

/** The end of a text parts too. */
function isParted(gap: Gap | null | undefined): boolean {
  return gap === undefined || (gap !== null && visibleOf(gap) > 0)
}

function signsOf(text: string, gap: Gap | null | undefined): string {
  return gap === null || gap === undefined ? '' : text.slice(gap.start, gap.end)
}

/** Nothing, or a word that may stand beside the hit: "free" in f r e e k i t e. */
function isWordApart(letters: string): boolean {
  return letters === '' || /^[aiu]$/.test(letters) || (letters.length > 2 && isEnglishWord(letters))
}
