import { foldCharacter } from './fold/fold-character.js'
import { leetLetters } from './fold/leet.js'
import { numeralForms } from './fold/numerals.js'
import { bitOf, type VariantSet } from './variants.js'

/** A character of a text or of an entry: one letter of what its code point stands for. */
export interface Character {
  readonly codePoint: number
  readonly part: number
}

/** `drawn`: l for i or I for l, which chat fonts draw alike and people also write by mistake. */
export type Likeness = 'same' | 'leet' | 'drawn' | 'none'

const [capitalI, smallI, smallL] = [0x49, 0x69, 0x6c]

/** Pairs that were asked for before, by set of variants: a lexicon meets the same few again and again. */
const known = new Map<VariantSet, Map<number, Likeness>>()
const mostKnown = 100_000
const codePoints = 0x110000

/**
 * Whether a character of a text may stand for a character of an entry when the variants of the set are looked through.
 * Marks that the entry has must be there: ä in a text may be a, a is not ä.
 */
export function likenessOf(found: Character, wanted: Character, set: VariantSet): Likeness {
  if (found.codePoint === wanted.codePoint && found.part === wanted.part) return 'same'
  if (found.part !== 0 || wanted.part !== 0) return compare(found, wanted, set)
  const pairs = known.get(set) ?? new Map<number, Likeness>()
  known.set(set, pairs)
  const key = found.codePoint * codePoints + wanted.codePoint
  const before = pairs.get(key)
  if (before !== undefined) return before
  if (pairs.size >= mostKnown) pairs.clear()
  const likeness = compare(found, wanted, set)
  pairs.set(key, likeness)
  return likeness
}

function compare(found: Character, wanted: Character, set: VariantSet): Likeness {
  const own = hasMarks(wanted, set) ? set & ~bitOf.mark : set
  if (foldsAlike(found, wanted, own) || foldsAlike(found, wanted, own & ~bitOf.confusable)) return 'same'
  const stroke = compareStrokes(found, wanted, own)
  return stroke === 'none' && isLeet(found, wanted, own) ? 'leet' : stroke
}

function isLeet(found: Character, wanted: Character, set: VariantSet): boolean {
  const [sign, letter] = [folded(found, set), folded(wanted, set | bitOf.case)]
  if ((set & bitOf.leet) === 0 || sign === undefined || letter === undefined) return false
  return leetLetters.get(sign)?.includes(letter) === true || numeralForms(letter).includes(sign)
}

/** A letter of another script that is one upright stroke is I as well as l. */
function compareStrokes(found: Character, wanted: Character, set: VariantSet): Likeness {
  const letter = (set & bitOf.confusable) === 0 ? undefined : folded(wanted, set | bitOf.case)
  if (letter !== smallI && letter !== smallL) return 'none'
  const written = folded(found, set & ~bitOf.confusable & ~bitOf.case)
  if (written === (letter === smallI ? smallL : capitalI)) return 'drawn'
  const isStroke = written !== undefined && written >= 0x80 && folded(found, set) === smallL
  return isStroke && letter === smallI ? 'same' : 'none'
}

function hasMarks({ codePoint, part }: Character, set: VariantSet): boolean {
  const plain = set & ~bitOf.mark & ~bitOf.confusable
  return foldCharacter(codePoint, plain)[part] !== foldCharacter(codePoint, plain | bitOf.mark)[part]
}

function foldsAlike(found: Character, wanted: Character, set: VariantSet): boolean {
  const letter = folded(found, set)
  return letter !== undefined && letter === folded(wanted, set)
}

function folded({ codePoint, part }: Character, set: VariantSet): number | undefined {
  return foldCharacter(codePoint, set)[part]
}

/** The smallest set of variants under which the one stands for the other; it does so under the whole set. */
export function variantsBetween(found: Character, wanted: Character, set: VariantSet): VariantSet {
  if (found.codePoint === wanted.codePoint && found.part === wanted.part) return 0
  const likeness = likenessOf(found, wanted, set)
  let needed = set
  // What belongs to `all` alone goes first: a full-width letter is one of width, and also of the compatibility forms.
  for (const bit of Object.values(bitOf).toReversed()) {
    if ((needed & bit) !== 0 && likenessOf(found, wanted, needed & ~bit) === likeness) needed &= ~bit
  }
  return needed
}
