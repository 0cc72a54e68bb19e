import { visibleOf, widestGap, type Reading } from './align-word.js'
import { isInLatin, type Syllable } from './read-syllables.js'
import { signsOf, type Gap } from './tokens.js'
import { bitOf, type VariantSet } from './variants.js'
import { isSpaced } from './word-edges.js'

/** So many letters with spaces between, and with other signs. */
const [leastSpaced, leastSigned] = [5, 3]
/** Ends of clauses, between which single letters are an enumeration. */
const clauseSign = /[,;:!?，；：！？。]/u

/** Between syllables little may stand; between hanzi as between those of a word that is as written. */
export function areGapsNarrow({ tokens }: Reading, found: readonly Syllable[], allowed: VariantSet): boolean {
  const gaps = found.slice(1).map(({ first }) => tokens[first]?.gap ?? null)
  const needed = gaps.reduce((set, gap) => set | neededUnseen(gap), 0)
  if ((allowed & needed) !== needed || gaps.some((gap) => shownIn(gap) > widestGap)) return false
  if (found.every(isInLatin)) return true
  const isParted = gaps.some((gap) => shownIn(gap) > 0)
  return areSpacesNatural(gaps, found) && (!isParted || (allowed & bitOf.separator) !== 0)
}

function shownIn(gap: Gap | null): number {
  return gap === null ? 0 : visibleOf(gap)
}

function neededUnseen(gap: Gap | null): VariantSet {
  return (gap?.hasHidden === true ? bitOf.invisible : 0) | (gap?.isBoundary === true ? bitOf.split : 0)
}

/** A space parts words unless it stands everywhere, a picture those that only sound alike; a hyphen or a star hardly ever does. */
function areSpacesNatural(gaps: readonly (Gap | null)[], found: readonly Syllable[]): boolean {
  const hasSound = found.some(({ how }) => how === 'sound')
  const weak = gaps.map((gap) => (gap === null ? 0 : gap.weak + (hasSound ? gap.emoji : 0)))
  if (weak.every((count) => count > 0) || weak.every((count) => count === 0)) return true
  return !hasSound && isTyped(found, weak)
}

/** Who types syllables among hanzi leaves spaces: 主播 去 si. In a shorter word beside the letters alone. */
function isTyped(found: readonly Syllable[], weak: readonly number[]): boolean {
  const isBesideLatin = (at: number): boolean => found.slice(at, at + 2).some(isInLatin)
  return found.length > 3 || (found.length === 3 && weak.every((count, at) => count === 0 || isBesideLatin(at)))
}

/**
 * Where signs stand between the letters of a syllable it is the same one between all letters that follow one another (d.u.p.i.n,
 * l-a-n-s-e风筝), and it joins them to none beyond.
 */
export function areLettersApart(reading: Reading, found: readonly Syllable[], allowed: VariantSet): boolean {
  const parted = found.filter(({ isParted }) => isParted)
  if (parted.length === 0) return true
  const reach = { first: found[0]?.first ?? 0, last: found.at(-1)?.last ?? 0 }
  return (allowed & bitOf.separator) !== 0 && parted.every((syllable) => isEven(syllable, reading, reach))
}

function isEven(
  { first, last }: Syllable,
  { text, tokens }: Reading,
  reach: { readonly first: number; readonly last: number },
): boolean {
  const sign = signsOf(text, tokens[last]?.gap)
  const isJoined = (at: number): boolean =>
    isSpaced(tokens[at]?.codePoint ?? 0) && signsOf(text, tokens[at]?.gap) === sign
  const isLetter = (at: number): boolean => isSpaced(tokens[at]?.codePoint ?? 0)
  let [from, to] = [last, last]
  while (from >= reach.first && isJoined(from) && isLetter(from - 1)) from -= 1
  while (to <= reach.last && isJoined(to + 1)) to += 1
  return from >= reach.first && from <= first && to <= reach.last && to - from + 1 >= leastOf(sign)
}

function leastOf(sign: string): number {
  if (sign === '' || clauseSign.test(sign)) return Number.POSITIVE_INFINITY
  return sign.trim() === '' ? leastSpaced : leastSigned
}
