import type { TextMatch } from '@streamkeeper/contracts'
import { foldText, type FoldingRule } from './fold/folding-rule.js'
import { invisible } from './fold/invisible.js'
import { soundMarks, width } from './fold/width.js'
import type { Lexicon, LexiconEntry } from './lexicon.js'
import { nextVisible, previousVisible } from './read-code-points.js'
import { foldingRules, rulesOf } from './variants.js'
import { barredBeside, isFree, type Barred } from './word-edges.js'

/** An entry made ready for the matcher. */
export interface Pattern {
  readonly entry: LexiconEntry
  readonly lexicon: NonNullable<TextMatch['lexicon']>
  /** The word under every rule there is: what the automaton looks for. */
  readonly folded: readonly number[]
  readonly rules: readonly FoldingRule[]
  /** The word under its own rules: what a candidate is checked against. */
  readonly ownFolded: readonly number[]
  /** Invisible characters at the word's ends: part of a hit where they stand in the text. */
  readonly head: string
  readonly tail: string
  readonly barredBefore: Barred
  readonly barredAfter: Barred
}

export interface Span {
  readonly start: number
  readonly end: number
}

export function makePattern(entry: LexiconEntry, { name, version }: Lexicon): Pattern {
  const rules = rulesOf(entry.variants)
  const characters = Array.from(entry.word)
  const visible = characters.map((character) => !invisible.changes.has(character.codePointAt(0) ?? 0))
  const [first, last] = [visible.indexOf(true), visible.lastIndexOf(true)]
  if (first < 0) throw new RangeError(`the word ${JSON.stringify(entry.word)} has no visible character`)
  return {
    entry,
    lexicon: { name, version },
    folded: foldText(entry.word, foldingRules),
    rules,
    ownFolded: foldText(entry.word, rules),
    head: characters.slice(0, first).join(''),
    tail: characters.slice(last + 1).join(''),
    barredBefore: barredBeside(characters[first]?.codePointAt(0) ?? 0, entry.match),
    barredAfter: barredBeside(characters[last]?.codePointAt(0) ?? 0, entry.match),
  }
}

/**
 * Settles a candidate, which runs from the first to the last visible character: where the entry really stands, or
 * undefined when it needs a rule that the entry does not allow, or a neighbour is in the way.
 */
export function settle(pattern: Pattern, text: string, visible: Span): Span | undefined {
  const before = previousVisible(text, visible.start)
  const after = nextVisible(text, visible.end)
  if (!isFree(before, pattern.barredBefore) || !isFree(after, pattern.barredAfter)) return undefined
  if (after !== undefined && pattern.rules.includes(width) && isSoundMark(after)) return undefined
  const span = widen(pattern, text, visible)
  const slice = text.slice(span.start, span.end)
  return slice === pattern.entry.word || foldsTo(slice, pattern.ownFolded, pattern.rules) ? span : undefined
}

/** The smallest set of rules under which the slice is the word, by name; none for the word itself. */
export function explainMatch(pattern: Pattern, slice: string): string[] {
  if (slice === pattern.entry.word) return []
  let needed = pattern.rules
  for (const rule of pattern.rules) {
    const without = needed.filter((other) => other !== rule)
    if (foldsTo(slice, foldText(pattern.entry.word, without), without)) needed = without
  }
  return needed.map((rule) => rule.name)
}

function foldsTo(slice: string, wanted: readonly number[], rules: readonly FoldingRule[]): boolean {
  const folded = foldText(slice, rules)
  return folded.length === wanted.length && folded.every((codePoint, index) => codePoint === wanted[index])
}

function widen({ head, tail }: Pattern, text: string, { start, end }: Span): Span {
  return {
    start: text.endsWith(head, start) ? start - head.length : start,
    end: text.startsWith(tail, end) ? end + tail.length : end,
  }
}

function isSoundMark(codePoint: number): boolean {
  return soundMarks.has(width.changes.get(codePoint)?.[0] ?? codePoint)
}
