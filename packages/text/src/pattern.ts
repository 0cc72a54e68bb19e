import type { TextMatch } from '@streamkeeper/contracts'
import { foldCharacter } from './fold/fold-character.js'
import { Kind } from './fold/kinds.js'
import { familyOf } from './fold/leet.js'
import { numeralForms } from './fold/numerals.js'
import { readings } from './fold/readings.js'
import { SEVERAL, SKIPPED, literalView, plainView, type View } from './fold/view.js'
import type { Lexicon, LexiconEntry } from './lexicon.js'
import type { Character } from './same-character.js'
import { tokenise, type Token } from './tokens.js'
import { allVariants, bitOf, variantSetOf, type VariantSet } from './variants.js'
import { barredBeside, isSpaced, isUnspaced, type Barred } from './word-edges.js'

/**
 * An entry made ready for the search. `word`: letters and digits, between which things may stand. `signs`: made of signs
 * or pictures, every one of which counts. `literal`: itself and nothing else. `spelled`: hanzi by how they are read.
 */
export interface Pattern {
  readonly kind: 'word' | 'signs' | 'literal' | 'spelled'
  /** The view in which it is searched for. */
  readonly searchedIn: typeof plainView
  readonly entry: LexiconEntry
  readonly lexicon: NonNullable<TextMatch['lexicon']>
  readonly allowed: VariantSet
  readonly characters: readonly Character[]
  /** By character: whether the entry itself has a mark on it that makes no letter of its own. */
  readonly marked: readonly boolean[]
  /** By character: what the entry itself has before it, '' for most. */
  readonly joints: readonly string[]
  /** What the entry has before its first and after its last character. */
  readonly head: string
  readonly tail: string
  readonly barredBefore: Barred
  readonly barredAfter: Barred
  /** By character: its readings, the first one first, none for a letter or digit among hanzi; empty but for `spelled`. */
  readonly syllables: readonly (readonly string[])[]
  /** What to search for; several where a case looks like another letter. */
  readonly searches: readonly Searched[]
}

/** Families without repeats of the same one, and how often each stands there in a row. */
export interface Searched {
  readonly families: readonly number[]
  readonly runs: readonly number[]
}

export interface Span {
  readonly start: number
  readonly end: number
}

/** The patterns of an entry. Throws RangeError when nobody could see its word. */
export function makePatterns(entry: LexiconEntry, { name, version }: Lexicon): Pattern[] {
  const allowed = variantSetOf(entry.variants)
  const isOfSigns = !isOfLetters(entry.word)
  const view = isOfSigns ? literalView() : plainView()
  const tokens = tokenise(entry.word, view)
  const [first, last] = [tokens[0], tokens.at(-1)]
  if (first === undefined || last === undefined)
    throw new RangeError(`the word ${JSON.stringify(entry.word)} has no visible character`)
  const base: Pattern = {
    kind: allowed === 0 ? 'literal' : isOfSigns ? 'signs' : 'word',
    searchedIn: isOfSigns ? literalView : plainView,
    entry,
    lexicon: { name, version },
    allowed,
    characters: tokens.map(({ codePoint, part }) => ({ codePoint, part })),
    marked: tokens.map(({ isMarked }) => isMarked),
    joints: tokens.map(({ gap }) => jointOf(entry.word, gap)),
    head: entry.word.slice(0, first.start),
    tail: entry.word.slice(last.end),
    barredBefore: barredBeside(first.codePoint, entry.match),
    barredAfter: barredBeside(last.codePoint, entry.match),
    syllables: [],
    searches: unique([...searchesOf(entry.word, view), ...(isOfSigns ? [] : numeralSearches(tokens, allowed))]),
  }
  return [base, ...spell(base)]
}

/** True when letters and digits are what the word consists of: pictures in it, or signs around it, are more than decoration. */
function isOfLetters(word: string): boolean {
  const view = plainView()
  const tokens = tokenise(word, view)
  const [first, last] = [tokens[0], tokens.at(-1)]
  if (first === undefined || last === undefined) return false
  if (tokens.some(({ gap }, index) => index > 0 && (gap?.emoji ?? 0) > 0)) return false
  const around = Array.from(word.slice(0, first.start) + word.slice(last.end), (sign) =>
    view.kindOf(sign.codePointAt(0) ?? 0),
  )
  const kinds = new Set<Kind>(around)
  if (kinds.has(Kind.strong) || kinds.has(Kind.emoji)) return false
  return !kinds.has(Kind.weak) || tokens.length > 2
}

function jointOf(word: string, gap: Token['gap']): string {
  return gap === null || gap.strong + gap.weak + gap.emoji === 0 ? '' : word.slice(gap.start, gap.end)
}

function searchesOf(word: string, view: View): Searched[] {
  const cased = new Set([word, word.toLowerCase(), word.toUpperCase(), titleOf(word)])
  return Array.from(cased, (each) => collapse(tokenise(each, view).map((token) => familyIn(view, token))))
}

/** An entry has so many hanzi beside its numerals at least where these may be digits. */
export const leastBesideNumerals = 2
/** More numerals than this are looked for all in one form. */
const mostNumerals = 2

/** The same with numerals in other forms: 六合彩 as 6合彩 and 陆合彩. */
function numeralSearches(tokens: readonly Token[], allowed: VariantSet): Searched[] {
  const count = tokens.filter(({ codePoint }) => numeralForms(codePoint).length > 0).length
  if (count === 0 || (allowed & bitOf.leet) === 0 || tokens.length - count < leastBesideNumerals) return []
  if (count > mostNumerals) return [1, 2].map((form) => collapse(tokens.map((token) => formIn(token, form))))
  let written: number[][] = [[]]
  for (const token of tokens) written = formsOf(token).flatMap((form) => written.map((before) => [...before, form]))
  return written.slice(1).map(collapse)
}

/** `form`: 1 a digit, 2 as in documents; a character that is no numeral is as it is. */
function formIn(token: Token, form: number): number {
  const [own = SKIPPED, ...others] = formsOf(token)
  return others[form - 1] ?? own
}

function formsOf(token: Token): number[] {
  const forms = numeralForms(token.codePoint).map((codePoint) => ({ codePoint, part: 0 }))
  return [token, ...forms].map((form) => familyIn(plainView(), form))
}

function titleOf(word: string): string {
  const [first = '', ...rest] = Array.from(word)
  return first.toUpperCase() + rest.join('').toLowerCase()
}

/** The family of a token in a view; SKIPPED never comes of a token. */
function familyIn(view: View, { codePoint, part }: Pick<Token, 'codePoint' | 'part'>): number {
  const family = view.families[codePoint] ?? SKIPPED
  if (family === SEVERAL) return view.expansions.get(codePoint)?.[part] ?? SKIPPED
  // Composed with a mark: in no table when the text had it in parts.
  return family === SKIPPED ? familyOf(foldCharacter(codePoint, allVariants)[part] ?? SKIPPED) : family
}

function collapse(all: readonly number[]): Searched {
  const [families, runs]: [number[], number[]] = [[], []]
  for (const family of all) {
    if (family !== families.at(-1)) {
      families.push(family)
      runs.push(0)
    }
    runs[runs.length - 1] = (runs.at(-1) ?? 0) + 1
  }
  return { families, runs }
}

/** Of those with the same families one, with the shortest runs. */
function unique(searches: readonly Searched[]): Searched[] {
  const found = new Map<string, Searched>()
  for (const searched of searches) {
    const { families, runs } = searched
    const key = families.join()
    const known = found.get(key)
    if (known !== undefined)
      found.set(key, { families, runs: runs.map((run, index) => Math.min(run, known.runs[index] ?? run)) })
    else if (families.length > 0) found.set(key, searched)
  }
  return [...found.values()]
}

/** So many ways to read one entry are looked for. */
const mostSpellings = 8

/** How an entry with hanzi in it may be spelled; letters and digits beside them stay (加v信, k8娱乐城). */
function spell(base: Pattern): Pattern[] {
  if ((base.allowed & (bitOf.pinyin | bitOf.sound)) === 0 || base.characters.length < 2) return []
  const syllables = base.characters.map(({ codePoint }) => readings.all(simplify(codePoint)))
  const isSpelled = base.characters.every(({ codePoint }, at) => isSpaced(codePoint) || syllables[at]?.length !== 0)
  if (base.kind !== 'word' || !isSpelled || syllables.every(({ length }) => length === 0)) return []
  const searches = unique(spellings(base.characters, syllables).map(collapse))
  return [{ ...base, kind: 'spelled', syllables, searches, barredBefore: 'spaced', barredAfter: 'spaced' }]
}

/** True when one of its own digits is read as a tone beside letters, and two hanzi may stand there by their sound. */
export function hasTone({ characters, syllables }: Pattern): boolean {
  const isDigit = ({ codePoint, part }: Character): boolean => {
    const digit = foldCharacter(codePoint, allVariants)[part] ?? 0
    return digit >= firstTone && digit <= lastTone
  }
  if (syllables.filter(({ length }) => length > 0).length < 2) return false
  return characters.some((character, at) => syllables[at]?.length === 0 && isDigit(character))
}
const [firstTone, lastTone] = [0x31, 0x35]

/** Simplified forms of the first plane that were asked for, 0 for the others. */
const simplified = new Uint16Array(0x10000)

/** The simplified form of a hanzi; what is none stays. */
export function simplify(codePoint: number): number {
  const known = simplified[codePoint] ?? 0
  if (known !== 0) return known
  const isHanzi = isUnspaced(codePoint)
  const form = isHanzi ? (foldCharacter(codePoint, bitOf.traditional | bitOf.compatibility)[0] ?? codePoint) : codePoint
  if (codePoint < simplified.length && form < simplified.length) simplified[codePoint] = form
  return form
}

function familyOfLetter(letter: string): number {
  return familyOf(letter.codePointAt(0) ?? 0)
}

function spellings(characters: readonly Character[], syllables: readonly (readonly string[])[]): number[][] {
  let written: number[][] = [[]]
  for (const [at, character] of characters.entries()) {
    const own = syllables[at] ?? []
    const forms = own.length === 0 ? fixedForms(character) : own.flatMap(typedForms)
    written = forms.flatMap((form) => written.map((before) => [...before, ...form])).slice(0, mostSpellings)
  }
  return written
}

/** ü is typed as v, and by many as u. */
function typedForms(syllable: string): number[][] {
  const forms = syllable.includes('v') ? [syllable, syllable.replace('v', 'u')] : [syllable]
  return forms.map((form) => Array.from(form, familyOfLetter))
}

/** A letter that is itself: a case of it may look like another letter. */
function fixedForms({ codePoint, part }: Character): number[][] {
  const own = String.fromCodePoint(codePoint)
  const cases = [own, own.toLowerCase(), own.toUpperCase()].filter((each) => Array.from(each).length === 1)
  const families = cases.map((each) => familyIn(plainView(), { codePoint: each.codePointAt(0) ?? 0, part }))
  return [...new Set(families)].filter((family) => family >= 0).map((family) => [family])
}
