import type { Reading, Step } from './align-word.js'
import { isEnglishWord } from './fold/words.js'
import { areGapsDisguise, lettersOf } from './judge-gaps.js'
import { areNumeralsDisguise } from './judge-numerals.js'
import { isPartOfSpelledWord } from './judge-spelled-out.js'
import type { Pattern } from './pattern.js'
import { bitOf, type VariantSet } from './variants.js'

/** What was found for a pattern in a text, by the steps from its first character to its last. */
interface Ground {
  readonly pattern: Pattern
  readonly reading: Reading
  readonly steps: readonly Step[]
  readonly allowed: VariantSet
}

/** A number with its unit, or a model's letter with its number: 100k is no look, 4th no ath. */
const quantity =
  /^\d+(?:[kmgtbdwvahsxp]|[kmgt]b|[kcmn]m|m[lgs]|[gmk]?hz|fps|am|pm|st|nd|rd|th|px|kg|min|sec|hr|ps)$|^[a-z]\d+$/
/** Scripts whose letters look like Latin ones and are written by people who mean no disguise. */
const otherScripts = ['Cyrillic', 'Greek', 'Armenian', 'Cherokee', 'Coptic', 'Canadian_Aboriginal'].map(
  (script) => new RegExp(`\\p{Script=${script}}`, 'u'),
)
/** A stroke whose case is not that of the letters around it. */
const strangeBefore = /[a-z]I+$|[A-Z]{2}l+$/
const strangeAfter = /^l+[A-Z]/
/** I among capitals looks like no L. */
const capitals = /^[A-Z]+$/
const latin = /\p{Script=Latin}/u

/** Whether the characters found are the word in a disguise that the entry lets pass, and not another word. */
export function isDisguise(ground: Ground): boolean {
  return (
    areMarksAllowed(ground) &&
    areRepeatsDisguise(ground) &&
    isLeetDisguise(ground) &&
    areNumeralsDisguise(ground) &&
    areStrokesDisguise(ground) &&
    isScriptDisguise(ground) &&
    areGapsDisguise(ground) &&
    !isPartOfSpelledWord(ground.pattern.characters.length, ground.reading, ground.steps)
  )
}

function edgesOf(steps: readonly Step[]): readonly [first: number, last: number] {
  return [steps[0]?.token ?? 0, steps.at(-1)?.token ?? 0]
}

function areMarksAllowed({ pattern, reading, steps, allowed }: Ground): boolean {
  if ((allowed & bitOf.mark) !== 0) return true
  const [first, last] = edgesOf(steps)
  const own = new Map(steps.map(({ token, character }) => [token, pattern.marked[character]]))
  return reading.tokens.slice(first, last + 1).every(({ isMarked }, at) => isMarked === (own.get(first + at) ?? false))
}

/** good is not god with one o more, nor is goood: people draw out what they say. */
function areRepeatsDisguise({ pattern, reading, steps, allowed }: Ground): boolean {
  const [first, last] = edgesOf(steps)
  if (last - first + 1 === pattern.characters.length) return true
  if ((allowed & bitOf.repeat) === 0) return false
  const letters = lettersOf(reading.tokens, first, last)
  if (isEnglishWord(letters)) return false
  const doubled = letters.replaceAll(/(.)\1{2,}/gu, '$1$1')
  return doubled.length === pattern.characters.length || !isEnglishWord(doubled)
}

/** Short words and numbers are too near to each other: three characters at least, and one of them as it is. */
function isLeetDisguise({ pattern, reading, steps }: Ground): boolean {
  if (steps.every(({ likeness }) => likeness !== 'leet')) return true
  if (pattern.characters.length < 3 || steps.every(({ likeness }) => likeness === 'leet')) return false
  // 53XXXX is a number with its end left out.
  return !quantity.test(lettersOf(reading.tokens, ...edgesOf(steps)).replaceAll(/([a-z])\1+/g, '$1'))
}

/** l for i and I for l: of another case than their word (VlAGRA, teIegram), or in a longer one that is none as it is written. */
function areStrokesDisguise({ pattern, reading, steps }: Ground): boolean {
  const drawn = steps.filter(({ likeness }) => likeness === 'drawn')
  if (drawn.length === 0) return true
  const [first, last] = edgesOf(steps)
  const [start, end] = [reading.tokens[first]?.start ?? 0, reading.tokens[last]?.end ?? 0]
  // Where nothing else is changed: cluster-old is no steroid.
  const isLong = pattern.characters.length > 4 && end - start === pattern.entry.word.length
  const isMistake = isLong && !isEnglishWord(lettersOf(reading.tokens, first, last))
  return drawn.every(({ token }) => {
    const [before, after] = [
      reading.text.slice(start, reading.tokens[token]?.end),
      reading.text.slice(reading.tokens[token]?.start, end),
    ]
    return strangeBefore.test(before) || strangeAfter.test(after) || (isMistake && !capitals.test(before + after))
  })
}

/** сор in a Russian sentence is no "cop": all letters of one other script, and more of it around. */
function isScriptDisguise({ pattern, reading, steps }: Ground): boolean {
  const [first, last] = edgesOf(steps)
  const [start, end] = [reading.tokens[first]?.start ?? 0, reading.tokens[last]?.end ?? 0]
  const found = reading.text.slice(start, end)
  if (latin.test(found) || !latin.test(pattern.entry.word)) return true
  const own = otherScripts.find((script) => script.test(found))
  if (own === undefined) return true
  return !own.test(reading.text.slice(0, start)) && !own.test(reading.text.slice(end))
}
