import { nextVisible, previousVisible } from './read-code-points.js'
import { soundMarks, width } from './fold/width.js'
import type { View } from './fold/view.js'
import type { Pattern } from './pattern.js'
import { likenessOf, type Likeness } from './same-character.js'
import type { Gap, Token } from './tokens.js'
import { bitOf, type VariantSet } from './variants.js'
import { isFreeBeside } from './word-edges.js'

/** A text taken apart. */
export interface Reading {
  readonly text: string
  readonly tokens: readonly Token[]
  readonly view: View
}

/** Which token stands for which character of the pattern. Tokens of a run between two steps repeat the later one. */
export interface Step {
  readonly token: number
  readonly character: number
  readonly likeness: Likeness
}

/** What may be looked through, and where the text is free again after the pattern's last hit. */
export interface Terms {
  readonly allowed: VariantSet
  readonly from: number
  /** Whether l may stand for i and I for l. */
  readonly isDrawn?: boolean
}

/** Characters that show and may stand between two of a word at most. */
export const widestGap = 3
/** The same where the entry has a space of its own. */
const widestJoint = 8
/** Steps beyond a word's own length that a search may take: a bound on what a hostile text can cost. */
const spareSteps = 256

/**
 * Reads a pattern backwards from the token that may be its last character: each character once, or several times where
 * repeats are allowed. Gives the steps in the order of the text, the shortest way there is, or null.
 */
export function alignWord(pattern: Pattern, reading: Reading, last: number, terms: Terms): Step[] | null {
  const end = reading.tokens[last]
  if (end === undefined || end.part !== end.parts - 1 || end.start < terms.from) return null
  if (!isFreeAfter(pattern, reading, end, terms.allowed)) return null
  const character = pattern.characters.length - 1
  const way = new Way(pattern, reading, terms)
  const likeness = way.likenessAt(last, character)
  return likeness === 'none' ? null : way.walk({ token: last, character, likeness })
}

/** Nothing that belongs to the word follows it; where width is looked through, no sound mark that makes its last kana another. */
export function isFreeAfter(
  { barredAfter }: Pattern,
  { text }: Reading,
  { codePoint, end }: Token,
  allowed: VariantSet,
): boolean {
  const after = nextVisible(text, end)
  if (after === undefined) return true
  const isMark = soundMarks.has(width.get(after)?.[0] ?? after)
  return isFreeBeside(codePoint, after, barredAfter) && !(isMark && (allowed & bitOf.width) !== 0)
}

class Way {
  /** Places from which no way leads on. */
  private readonly dead = new Set<number>()
  private steps = 0

  constructor(
    private readonly pattern: Pattern,
    private readonly reading: Reading,
    private readonly terms: Terms,
  ) {}

  walk(step: Step): Step[] | null {
    const { token, character } = step
    const key = token * (this.pattern.characters.length + 1) + character
    if (this.dead.has(key) || (this.steps += 1) > this.pattern.characters.length + spareSteps) return null
    const way = character === 0 && this.isFreeBefore(token) ? [] : (this.advance(step) ?? this.stay(step))
    if (way === null) this.dead.add(key)
    else way.push(step)
    return way
  }

  likenessAt(token: number, character: number): Likeness {
    const found = this.reading.tokens[token]
    const wanted = this.pattern.characters[character]
    if (found === undefined || wanted === undefined || found.start < this.terms.from) return 'none'
    const likeness = likenessOf(found, wanted, this.terms.allowed)
    return likeness === 'drawn' && this.terms.isDrawn !== true ? 'none' : likeness
  }

  private advance({ token, character }: Step): Step[] | null {
    if (character === 0 || !this.mayCross(token, this.pattern.joints[character] ?? '')) return null
    return this.tryStep(token - 1, character - 1)
  }

  /** One more of the same character; equal ones without a gap are passed at once. */
  private stay({ token, character }: Step): Step[] | null {
    if ((this.terms.allowed & bitOf.repeat) === 0 || !this.mayCross(token, '')) return null
    const before = this.reading.tokens[token - 1]
    if (before === undefined) return null
    const runStart = this.reading.tokens[before.runStart]
    return this.tryStep(
      runStart !== undefined && runStart.start >= this.terms.from ? before.runStart : token - 1,
      character,
    )
  }

  private tryStep(token: number, character: number): Step[] | null {
    const likeness = this.likenessAt(token, character)
    return likeness === 'none' ? null : this.walk({ token, character, likeness })
  }

  private mayCross(token: number, joint: string): boolean {
    const gap = this.reading.tokens[token]?.gap
    if (gap === null || gap === undefined) return true
    return visibleOf(gap) <= (joint === '' ? widestGap : widestJoint)
  }

  private isFreeBefore(token: number): boolean {
    const first = this.reading.tokens[token]
    if (first === undefined || first.part !== 0) return false
    const before = previousVisible(this.reading.text, first.start)
    return isFreeBeside(first.codePoint, before, this.pattern.barredBefore)
  }
}

/** How many characters of a gap show. */
export function visibleOf({ strong, weak, emoji }: Gap): number {
  return strong + weak + emoji
}
