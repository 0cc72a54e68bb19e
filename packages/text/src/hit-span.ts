import { isFreeAfter, type Reading, type Step } from './align-word.js'
import { simplify, type Pattern, type Span } from './pattern.js'
import { likenessOf, variantsBetween, type Character } from './same-character.js'
import type { Token } from './tokens.js'
import { bitOf, type VariantSet } from './variants.js'
import { isUnspaced } from './word-edges.js'

/** A pattern that stands in a text, and on what terms. */
export interface Ground {
  readonly pattern: Pattern
  readonly reading: Reading
  readonly steps: readonly Step[]
  readonly allowed: VariantSet
  /** Where the text is free again after the pattern's last hit. */
  readonly from: number
}

/** The first and the last token of a hit. */
export interface Reach {
  readonly first: number
  readonly last: number
}

/** From the first step to the last. */
export function coreOf(steps: readonly Step[]): Reach {
  const [first, last] = [steps[0], steps.at(-1)]
  if (first === undefined || last === undefined) throw new Error('an alignment has steps')
  return { first: first.token, last: last.token }
}

/**
 * Where repeats are looked through, those of the first and the last character belong to the hit. An allowed phrase takes no more
 * than it needs: it covers what stands in it all the same.
 */
export function reachOf(ground: Ground): Reach {
  const { pattern, steps, allowed } = ground
  const core = coreOf(steps)
  if ((allowed & bitOf.repeat) === 0) return core
  const isRepeated = core.last - core.first >= pattern.characters.length
  if (!isRepeated && (pattern.entry.category === 'allow' || isOfOne(pattern))) return core
  return { first: firstOfRun(ground, core.first), last: lastOfRun(ground, core.last) }
}

/** 哈哈 in a long laugh is there more than once. */
function isOfOne({ characters }: Pattern): boolean {
  return characters.every(({ codePoint }) => codePoint === characters[0]?.codePoint)
}

function firstOfRun(ground: Ground, core: number): number {
  const { tokens } = ground.reading
  let first = core
  while (tokens[first]?.gap === null && isRepeat(ground, first - 1, { core, character: 0 })) first -= 1
  return first
}

function lastOfRun(ground: Ground, core: number): number {
  const { pattern, reading, allowed } = ground
  let last = core
  const edge = { core, character: pattern.characters.length - 1 }
  while (reading.tokens[last + 1]?.gap === null && isRepeat(ground, last + 1, edge)) last += 1
  const end = reading.tokens[last]
  return end !== undefined && isFreeAfter(pattern, reading, end, allowed) ? last : core
}

/** The same once more, or another form of the letter: K after k. */
function isRepeat(
  { pattern, reading, allowed, from }: Ground,
  at: number,
  { core, character }: { core: number; character: number },
): boolean {
  const [found, wanted] = [reading.tokens[at], pattern.characters[character]]
  if (found === undefined || wanted === undefined || found.start < from || found.parts > 1) return false
  if (found.isMarked && (allowed & bitOf.mark) === 0) return false
  return found.codePoint === reading.tokens[core]?.codePoint || isAnotherForm(found, wanted, allowed)
}

function isAnotherForm(found: Token, wanted: Character, allowed: VariantSet): boolean {
  if (!isUnspaced(found.codePoint)) return likenessOf(found, wanted, allowed) === 'same'
  // Asked beside every hit: of hanzi the two forms are enough.
  return (allowed & bitOf.traditional) !== 0 && simplify(found.codePoint) === simplify(wanted.codePoint)
}

/** What the repeats around the steps of a hit need. */
export function neededByReach({ pattern, reading, steps, allowed }: Ground, { first, last }: Reach): VariantSet {
  const core = coreOf(steps)
  if (first === core.first && last === core.last) return 0
  let needed = bitOf.repeat
  const edges = [
    { from: first, to: core.first, character: 0 },
    { from: core.last + 1, to: last + 1, character: pattern.characters.length - 1 },
  ]
  for (const { from, to, character } of edges) {
    const wanted = pattern.characters[character]
    for (const found of reading.tokens.slice(from, to)) {
      if (wanted !== undefined) needed |= variantsBetween(found, wanted, allowed) | (found.isMarked ? bitOf.mark : 0)
    }
  }
  return needed
}

const selector = /^[\ufe00-\ufe0f]|^\udb40[\udd00-\uddef]/

/** How a character is drawn belongs to it: the end of the selectors that follow, where they are looked through. */
export function endDrawn(text: string, end: number, allowed: VariantSet): number {
  let at = end
  const next = text.charCodeAt(end)
  const mayBeOne = (next >= 0xfe00 && next <= 0xfe0f) || next === 0xdb40
  if (!mayBeOne || (allowed & bitOf.invisible) === 0) return at
  for (
    let found = selector.exec(text.slice(at, at + 2));
    found !== null;
    found = selector.exec(text.slice(at, at + 2))
  ) {
    at += found[0].length
  }
  return at
}

/** The same of hanzi in a word that is found by its sound: equal ones are repeats. */
export function equalAround(tokens: readonly Token[], { first, last }: Reach, from: number): Reach {
  return { first: firstOfEqual(tokens, first, from), last: lastOfEqual(tokens, last) }
}

function firstOfEqual(tokens: readonly Token[], core: number, from: number): number {
  const [own, start] = [tokens[core], tokens[tokens[core]?.runStart ?? core]]
  return own !== undefined && start !== undefined && isUnspaced(own.codePoint) && start.start >= from
    ? own.runStart
    : core
}

function lastOfEqual(tokens: readonly Token[], core: number): number {
  const own = tokens[core]
  if (own === undefined || !isUnspaced(own.codePoint)) return core
  let last = core
  while (tokens[last + 1]?.runStart === own.runStart) last += 1
  return last
}

/** Where the tokens stand in the text. */
export function placeOf({ tokens }: Reading, { first, last }: Reach): Span {
  return { start: tokens[first]?.start ?? 0, end: tokens[last]?.end ?? 0 }
}
