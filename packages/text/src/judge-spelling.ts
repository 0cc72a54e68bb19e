import { visibleOf, type Reading, type Terms } from './align-word.js'
import { foldCharacter } from './fold/fold-character.js'
import { isChineseWord, isEnglishWord } from './fold/words.js'
import { endDrawn, equalAround, placeOf } from './hit-span.js'
import { isEveryday, isInLongWord } from './judge-everyday.js'
import { makeWord } from './judge-gaps.js'
import { isName } from './judge-name.js'
import { simplify, type Pattern, type Span } from './pattern.js'
import { nextVisible, previousVisible } from './read-code-points.js'
import { areGapsNarrow, areLettersApart } from './judge-syllable-gaps.js'
import { isInLatin, readSyllables, type Syllable } from './read-syllables.js'
import { variantsBetween, type Character } from './same-character.js'
import type { Token } from './tokens.js'
import { allVariants, bitOf, type VariantSet } from './variants.js'
import { isFree, isUnspaced } from './word-edges.js'

/**
 * An entry by its sounds, read backwards from the token that may be its end: in letters (feng zheng), in hanzi that sound
 * the same (疯争), or in both (风zheng). Null when it is none of these, or rather something else.
 */
export function findSpelling(pattern: Pattern, reading: Reading, last: number, terms: Terms): Spelled | null {
  const found = readSyllables(pattern, reading, last, terms)
  if (found === null) return null
  const counts = { same: 0, sound: 0, letters: 0, fixed: 0 }
  for (const { how } of found) counts[how] += 1
  if (!isAllowed(counts, terms.allowed) || !isLikely(counts, { pattern, reading, found })) return null
  const span = spanOf(reading, found)
  if (!areLettersApart(reading, found, terms.allowed)) return null
  if (!areEdgesFree(reading, found, span) || !areGapsNarrow(reading, found, terms.allowed)) return null
  return wholeOf({ pattern, reading, found }, span, terms)
}

interface Spelled extends Span {
  readonly core: Span
  needed(): VariantSet
}

/** With the repeats around it, and with how its last character is drawn. */
function wholeOf(ground: Found, core: Span, { allowed, from }: Terms): Spelled {
  const { pattern, reading, found } = ground
  const own = { first: found[0]?.first ?? 0, last: found.at(-1)?.last ?? 0 }
  const isWidened = (allowed & bitOf.repeat) !== 0 && pattern.entry.category !== 'allow'
  const reach = isWidened ? equalAround(reading.tokens, own, from) : own
  const isRepeated = reach.first < own.first || reach.last > own.last
  const run = placeOf(reading, reach)
  const end = Math.max(core.end, run.end)
  const drawn = endDrawn(reading.text, end, allowed)
  const around = (isRepeated ? bitOf.repeat : 0) | (drawn > end ? bitOf.invisible : 0)
  return { start: run.start, end: drawn, core, needed: () => neededBy(ground, allowed) | around }
}

function neededBy({ pattern, reading, found }: Found, allowed: VariantSet): VariantSet {
  const isInLetters = found.every(isInLatin) && !found.some(({ isParted }) => isParted)
  let needed = 0
  for (const [index, { how, first, last, isDrawnOut }] of found.entries()) {
    needed |= neededByHow[how] | (isDrawnOut === true ? bitOf.repeat : 0)
    for (let token = first; token <= last; token += 1) {
      const [one, wanted] = [reading.tokens[token], pattern.characters[index]]
      if (one === undefined || wanted === undefined) continue
      needed |= neededByToken(one, { how, wanted, allowed })
      if (token > (found[0]?.first ?? 0)) needed |= neededByGap(one, isInLetters)
    }
  }
  return needed
}

const neededByHow: Readonly<Record<Syllable['how'], VariantSet>> = {
  same: 0,
  fixed: 0,
  sound: bitOf.sound,
  letters: bitOf.pinyin,
}

function neededByToken(
  token: Token,
  { how, wanted, allowed }: { how: Syllable['how']; wanted: Character; allowed: VariantSet },
): VariantSet {
  const marked = token.isMarked ? bitOf.mark : 0
  if (how === 'sound') return marked
  if (how !== 'letters') return marked | variantsBetween(token, wanted, allowed & ~bitOf.leet)
  const letter = letterOf(token)
  return marked | variantsBetween(token, { codePoint: letter, part: 0 }, allowed & ~bitOf.leet)
}

/** Between syllables in letters a space is how pinyin is written. */
function neededByGap({ gap }: Token, isInLetters: boolean): VariantSet {
  if (gap === null) return 0
  const parted = visibleOf(gap) > 0 && !isInLetters ? bitOf.separator : 0
  return parted | (gap.hasHidden ? bitOf.invisible : 0) | (gap.isBoundary ? bitOf.split : 0)
}

/** The small Latin letter that a token of a spelled syllable stands for. */
function letterOf({ codePoint }: Token): number {
  return foldCharacter(codePoint, allVariants)[0] ?? codePoint
}

type Counts = Readonly<Record<Syllable['how'], number>>

interface Found {
  readonly pattern: Pattern
  readonly reading: Reading
  readonly found: readonly Syllable[]
}

function isAllowed({ sound, letters }: Counts, allowed: VariantSet): boolean {
  if (sound === 0 && letters === 0) return false
  const needed = (sound > 0 ? bitOf.sound : 0) | (letters > 0 ? bitOf.pinyin : 0)
  return (allowed & needed) === needed
}

/**
 * Two syllables and five letters at least, and no English; hanzi of another sound are judged by the words they make. Where the entry
 * has letters of its own, and not all is in letters, one of its hanzi is there as itself.
 */
function isLikely({ same, sound, letters, fixed }: Counts, ground: Found): boolean {
  const { pattern, reading, found } = ground
  const size = pattern.characters.length - fixed
  if (letters === size) return isPinyin(reading, found)
  if (letters > 0) return same > 0 && (sound === 0 || size > 2)
  const isLeft = same > 0 || (fixed === 0 && size > 2 && isApart(reading, found))
  return isLeft && !isMeant(reading, found)
}

/** Letters that are no English word when they touch, and not all of them when they stand apart. */
function isPinyin(reading: Reading, found: readonly Syllable[]): boolean {
  const pieces = piecesOf(reading, found)
  if (pieces.join('').replaceAll(/\d/g, '').length <= 4 || hasComma(reading, found)) return false
  if (hasTones(reading, found)) return true
  const isPlainName = found.length === 2 && isName(reading.text, spanOf(reading, found))
  return !isPlainName && !pieces.every((piece) => isEnglishWord(piece))
}

/** The letters of syllables that touch, together. */
function piecesOf({ tokens }: Reading, found: readonly Syllable[]): string[] {
  const pieces: string[] = []
  const isOne = found.some(({ isParted }) => isParted)
  for (const [index, { first, last, isDrawnOut }] of found.entries()) {
    const own = lettersOf(tokens, first, last)
    const letters = isDrawnOut === true ? own.replaceAll(/(.)\1+/gu, '$1') : own
    const gap = tokens[first]?.gap
    const touches = index > 0 && (isOne || gap === null || gap === undefined || visibleOf(gap) === 0)
    if (touches) pieces[pieces.length - 1] += letters
    else pieces.push(letters)
  }
  return pieces
}

/** Between syllables of a word nobody ends a clause: "Bing, du" is two words. */
function hasComma({ text, tokens }: Reading, found: readonly Syllable[]): boolean {
  return found.slice(1).some(({ first }) => {
    const gap = tokens[first]?.gap
    return gap !== null && gap !== undefined && /[,;:!?，；：！？。]|\.\s/u.test(text.slice(gap.start, gap.end))
  })
}

/** A tone is written in pinyin alone: above a vowel, or as a digit after the syllable. */
function hasTones(reading: Reading, found: readonly Syllable[]): boolean {
  const { start, end } = spanOf(reading, found)
  return (
    /[1-5]/.test(reading.text.slice(start, end)) ||
    /[\u0304\u0301\u030c\u0300]/.test(reading.text.slice(start, end).normalize('NFD'))
  )
}

function lettersOf(tokens: readonly Token[], first: number, last: number): string {
  return String.fromCodePoint(...tokens.slice(first, last + 1).map(letterOf))
}

function hanziOf({ tokens }: Reading, found: readonly Syllable[]): string {
  return String.fromCodePoint(...found.map(({ first }) => simplify(tokens[first]?.codePoint ?? 0)))
}

/** The hanzi that are there are a word, or go with their neighbours. */
function isMeant(reading: Reading, found: readonly Syllable[]): boolean {
  const isBound = isBoundOutside(reading, found) || isSentence(reading, found)
  return isBound || isWordOfItsOwn(reading, found) || isEveryday(reading, found)
}

function isWordOfItsOwn(reading: Reading, found: readonly Syllable[]): boolean {
  return isChineseWord(hanziOf(reading, found))
}

/** An end that sounds alike and makes a word with its neighbour outside belongs there: 风争取 has no 风筝. */
function isBoundOutside({ tokens }: Reading, found: readonly Syllable[]): boolean {
  const [first, last] = [found[0]?.first ?? 0, found.at(-1)?.last ?? 0]
  return makeWord(tokens, first - 1) || makeWord(tokens, last) || isInLongWord(tokens, first, last)
}

/** Every hanzi that only sounds alike makes an ordinary word with one beside it: then it is written as it is meant. */
function isSentence({ tokens }: Reading, found: readonly Syllable[]): boolean {
  const isInWord = (index: number): boolean =>
    (index > 0 && makeWord(tokens, found[index - 1]?.first ?? 0)) ||
    (index < found.length - 1 && makeWord(tokens, found[index]?.first ?? 0))
  return found.every(({ how }, index) => how === 'same' || how === 'fixed' || isInWord(index))
}

/** No hanzi touches it on one side at least: what nothing is left of by sight is not looked for inside a sentence. */
function isApart({ tokens }: Reading, found: readonly Syllable[]): boolean {
  const [first, last] = [found[0]?.first ?? 0, found.at(-1)?.last ?? 0]
  const touches = (before: number): boolean => {
    const [one, two] = [tokens[before], tokens[before + 1]]
    return one !== undefined && two?.gap === null && isUnspaced(one.codePoint) && isUnspaced(two.codePoint)
  }
  return !touches(first - 1) || !touches(last)
}

function spanOf({ text, tokens }: Reading, found: readonly Syllable[]): Span {
  const [first, last] = [found[0], found.at(-1)]
  if (first === undefined || last === undefined) throw new Error('a spelling has syllables')
  const [start, end] = [tokens[first.first]?.start ?? 0, tokens[last.last]?.end ?? 0]
  // The digit of a tone belongs to its syllable.
  const hasTone = last.how === 'letters' && /^[1-5]$/.test(text.charAt(end))
  return { start, end: hasTone ? end + 1 : end }
}

function areEdgesFree({ text }: Reading, found: readonly Syllable[], { start, end }: Span): boolean {
  const [isLatinFirst, isLatinLast] = [found[0], found.at(-1)].map((one) => one !== undefined && isInLatin(one))
  const isFreeBefore = isLatinFirst !== true || isFree(previousVisible(text, start), 'spaced')
  if (!isFreeBefore || isLatinLast !== true) return isFreeBefore
  // An apostrophe and a letter are the rest of an English word.
  return isFree(nextVisible(text, end), 'spaced') && !/^['’]\p{Script=Latin}/u.test(text.slice(end, end + 2))
}
