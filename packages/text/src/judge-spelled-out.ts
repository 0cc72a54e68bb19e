import { visibleOf, type Reading, type Step } from './align-word.js'
import { isEnglishWord } from './fold/words.js'
import { lettersOf } from './judge-gaps.js'
import { signsOf, type Gap } from './tokens.js'
import { isSpaced } from './word-edges.js'

/** A longer word than this is not looked for around a hit: a hostile text must not be walked over and over. */
const longestReach = 24
/** So short a word stands in many a longer one. */
const shortWord = 3

/**
 * True when letters that stand one by one with the same sign between them go on beside the hit and make another word with it:
 * C L A S S has no "ass". What goes on around a longer word may be anything but a word that all of it is.
 */
export function isPartOfSpelledWord(size: number, reading: Reading, steps: readonly Step[]): boolean {
  const { tokens } = reading
  const [first, last] = [steps[0]?.token ?? 0, steps.at(-1)?.token ?? 0]
  if (!tokens.slice(first + 1, last + 1).every(({ gap }) => isParted(gap))) return false
  const [from, to] = reachOf(reading, first, last)
  if (from === first && to === last) return false
  const [before, own] = [lettersOf(tokens, from, first - 1), lettersOf(tokens, first, last)]
  const after = lettersOf(tokens, last + 1, to)
  // What is left of "a grape" without its article is the word.
  const isWord = [before, before.replace(/^[ai]/, '')].some(
    (start) => start + after !== '' && isEnglishWord(start + own + after),
  )
  return isWord || (size <= shortWord && ![before, after].every(isWordApart))
}

/** The first and the last token of the letters that stand one by one, with signs between them that the hit has too. */
function reachOf({ text, tokens }: Reading, first: number, last: number): readonly [from: number, to: number] {
  const signs = new Set(tokens.slice(first + 1, last + 1).map(({ gap }) => signsOf(text, gap)))
  const isSingle = (at: number): boolean =>
    isSpaced(tokens[at]?.codePoint ?? 0) && (at === 0 || isParted(tokens[at]?.gap)) && isParted(tokens[at + 1]?.gap)
  const isJoined = (at: number): boolean => signs.has(signsOf(text, tokens[at]?.gap))
  let [from, to] = [first, last]
  while (first - from < longestReach && isSingle(from - 1) && isJoined(from)) from -= 1
  while (to - last < longestReach && isSingle(to + 1) && isJoined(to + 1)) to += 1
  return [from, to]
}

/** The end of a text parts too. */
function isParted(gap: Gap | null | undefined): boolean {
  return gap === undefined || (gap !== null && visibleOf(gap) > 0)
}

/** Nothing, or a word that may stand beside the hit: "free" in f r e e k i t e. */
function isWordApart(letters: string): boolean {
  return letters === '' || /^[aiu]$/.test(letters) || (letters.length > 2 && isEnglishWord(letters))
}
