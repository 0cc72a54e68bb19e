import { compatibleForm } from './fold/compatibility.js'
import type { MatchMode } from './lexicon.js'

const wordCharacter = /^[\p{L}\p{N}\p{M}]$/u
/** Scripts that put no spaces between words. Script extensions, so that ー and half-width sound marks count too. */
const unspaced =
  /^[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}\p{scx=Yi}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Tibetan}]$/u

/** What may not stand beside an entry on one side: nothing is barred, spaced letters and digits, or any letter at all. */
export type Barred = 'nothing' | 'spaced' | 'any'

/**
 * The rule for one edge of an entry. Letters and digits of spaced scripts (combining marks with them) make a word, so a
 * Latin word beside Chinese characters is whole; `word` asks the same of entries in unspaced scripts.
 */
export function barredBeside(edge: number, match: MatchMode): Barred {
  if (match === 'anywhere') return 'nothing'
  if (isSpaced(edge)) return 'spaced'
  return match === 'word' ? 'any' : 'nothing'
}

/** True when the neighbour (undefined: the text ends there) leaves the edge free. */
export function isFree(neighbour: number | undefined, barred: Barred): boolean {
  if (neighbour === undefined || barred === 'nothing') return true
  const part = partOf(neighbour)
  return barred === 'spaced' ? part !== SPACED : part === NO_PART
}

/** The same where the word's own character is known: a letter in a circle goes on with letters in circles, a flag's with a flag's. */
export function isFreeBeside(edge: number, neighbour: number | undefined, barred: Barred): boolean {
  if (!isFree(neighbour, barred)) return false
  if (neighbour === undefined || barred === 'nothing' || !isEnclosed(neighbour) || !isEnclosed(edge)) return true
  return isFlagLetter(neighbour) !== isFlagLetter(edge)
}

/** A sign that stands for letters and is none. */
function isEnclosed(codePoint: number): boolean {
  return partOf(codePoint) === NO_PART && /[\p{L}\p{N}]/u.test(String.fromCodePoint(...compatibleForm(codePoint)))
}

function isFlagLetter(codePoint: number): boolean {
  return codePoint >= 0x1f1e6 && codePoint <= 0x1f1ff
}

/** A letter, digit or mark of a script that puts spaces between words. */
export function isSpaced(codePoint: number): boolean {
  return partOf(codePoint) === SPACED
}

/** A letter of a script that puts none. */
export function isUnspaced(codePoint: number): boolean {
  return partOf(codePoint) === UNSPACED
}

/** What a code point is to words; kept for the first plane, since the same few are asked for without end. */
const UNKNOWN = 0
const NO_PART = 1
const SPACED = 2
const UNSPACED = 3
const parts = new Uint8Array(0x10000)

function partOf(codePoint: number): number {
  const known = parts[codePoint] ?? UNKNOWN
  if (known !== UNKNOWN) return known
  const character = String.fromCodePoint(codePoint)
  const part = !wordCharacter.test(character) ? NO_PART : unspaced.test(character) ? UNSPACED : SPACED
  if (codePoint < parts.length) parts[codePoint] = part
  return part
}
