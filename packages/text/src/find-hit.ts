import { alignWord, type Reading, type Step, type Terms } from './align-word.js'
import { Kind, kindOf } from './fold/kinds.js'
import { coreOf, endDrawn, neededByReach, placeOf, reachOf, type Ground, type Reach } from './hit-span.js'
import { neededByJoint } from './judge-gaps.js'
import { findSpelling } from './judge-spelling.js'
import { isDisguise } from './judge-word.js'
import type { Pattern, Span } from './pattern.js'
import { nextVisible, previousVisible } from './read-code-points.js'
import { variantsBetween } from './same-character.js'
import { bitOf, type VariantSet } from './variants.js'
import { isFree } from './word-edges.js'

/** Where a pattern stands, and the variants without which it would not. */
export interface Found extends Span {
  /** Without the repeats around it: an allowed phrase need not cover those. */
  readonly core: Span
  /** Asked for when a hit is reported: most are looked at once and dropped. */
  needed(): VariantSet
}

/** Where a pattern that may end at a token really stands; null when it needs what the entry does not allow, or is another word. */
export function findHit(pattern: Pattern, reading: Reading, last: number, terms: Terms): Found | null {
  if (pattern.kind === 'literal') return findLiteral(pattern, reading, last, terms)
  if (pattern.kind === 'spelled') return findSpelling(pattern, reading, last, terms)
  const ground = findWord(pattern, reading, last, terms)
  // By mistakes in one stroke alone when it stands there in no other way.
  const found = ground ?? (hasStroke(pattern) ? findWord(pattern, reading, last, { ...terms, isDrawn: true }) : null)
  return found === null ? null : widen(found)
}

function findWord(pattern: Pattern, reading: Reading, last: number, terms: Terms): Ground | null {
  const steps = alignWord(pattern, reading, last, terms)
  if (steps === null) return null
  const ground = { pattern, reading, steps, allowed: terms.allowed, from: terms.from }
  return isDisguise(ground) ? ground : null
}

function hasStroke({ entry, allowed }: Pattern): boolean {
  return (allowed & bitOf.confusable) !== 0 && /[il]/i.test(entry.word)
}

function findLiteral(pattern: Pattern, { text, tokens }: Reading, last: number, { from }: Terms): Found | null {
  const { entry, head, tail, barredBefore, barredAfter } = pattern
  const end = tokens[last]?.end ?? 0
  const start = end + tail.length - entry.word.length
  if (start < from || !text.startsWith(entry.word, start)) return null
  const [before, after] = [previousVisible(text, start + head.length), nextVisible(text, end)]
  const isWord = isFree(before, barredBefore) && isFree(after, barredAfter)
  const span = { start, end: end + tail.length }
  return isWord ? { ...span, core: span, needed: () => 0 } : null
}

/** What an entry has around its characters is part of a hit; where it is missing that is one more disguise. */
function widen(ground: Ground): Found | null {
  const { pattern, reading, allowed } = ground
  const reach = reachOf(ground)
  const { start, end } = placeOf(reading, reach)
  const { head, tail } = pattern
  const [hasHead, hasTail] = [reading.text.endsWith(head, start), reading.text.startsWith(tail, end)]
  const missing = neededWithout((hasHead ? '' : head) + (hasTail ? '' : tail))
  if ((allowed & missing) !== missing) return null
  const span = { start: hasHead ? start - head.length : start, end: hasTail ? end + tail.length : end }
  // An entry of signs or pictures says itself how it is drawn.
  const drawn = pattern.kind === 'word' ? endDrawn(reading.text, span.end, allowed) : span.end
  return {
    start: span.start,
    end: drawn,
    core: coreIn(ground, reach, span),
    needed: () =>
      neededFor(reading.text.slice(span.start, span.end), ground, missing | neededByReach(ground, reach)) |
      (drawn > span.end ? bitOf.invisible : 0),
  }
}

/** The hit without the repeats around it. */
function coreIn({ reading, steps }: Ground, reach: Reach, span: Span): Span {
  const core = coreOf(steps)
  if (core.first === reach.first && core.last === reach.last) return span
  const { start, end } = placeOf(reading, core)
  return { start: core.first > reach.first ? start : span.start, end: core.last < reach.last ? end : span.end }
}

/** What differs from the entry in nothing else has other marks on it, unless a letter and its mark are one code point here and two there. */
function neededFor(found: string, ground: Ground, missing: VariantSet): VariantSet {
  const { word } = ground.pattern.entry
  if (found === word) return 0
  return missing | neededBy(ground) || (found.normalize('NFC') === word.normalize('NFC') ? 0 : bitOf.mark)
}

function neededWithout(missing: string): VariantSet {
  return Array.from(missing).reduce((set, sign) => {
    const isHidden = kindOf(sign.codePointAt(0) ?? 0) === Kind.hidden
    return set | (isHidden ? bitOf.invisible : bitOf.separator)
  }, 0)
}

function neededBy({ pattern, reading, steps, allowed }: Ground): VariantSet {
  const count = (steps.at(-1)?.token ?? 0) - (steps[0]?.token ?? 0) + 1
  const repeats = count > pattern.characters.length ? bitOf.repeat : 0
  return steps.reduce((needed, step, index) => {
    const before = steps[index - 1]
    return (
      needed |
      neededByCharacter({ pattern, reading, step, allowed }) |
      (before === undefined ? 0 : neededBetween(before, step))
    )
  }, repeats)

  function neededBetween(before: Step, { token, character }: Step): VariantSet {
    const own = before.character === character ? '' : (pattern.joints[character] ?? '')
    return neededByJoint(reading.tokens[token]?.gap ?? null, own, { text: reading.text, allowed })
  }
}

function neededByCharacter({
  pattern,
  reading,
  step,
  allowed,
}: Omit<Ground, 'steps' | 'from'> & { readonly step: Step }): VariantSet {
  const [found, wanted] = [reading.tokens[step.token], pattern.characters[step.character]]
  if (found === undefined || wanted === undefined) return 0
  return variantsBetween(found, wanted, allowed) | (found.isMarked ? bitOf.mark : 0)
}
