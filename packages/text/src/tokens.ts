import { Kind } from './fold/kinds.js'
import { SEVERAL, type View } from './fold/view.js'
import { unitsOf } from './read-code-points.js'

/** What lies between two characters of a word. Counts are code points that show. */
export interface Gap {
  readonly start: number
  readonly end: number
  readonly strong: number
  readonly weak: number
  readonly emoji: number
  readonly hasHidden: boolean
  readonly isBoundary: boolean
}

/** What stands in a gap, '' for none. */
export function signsOf(text: string, gap: Gap | null | undefined): string {
  return gap === null || gap === undefined ? '' : text.slice(gap.start, gap.end)
}

/** One character that words may consist of. A character that stands for several letters makes several tokens. */
export interface Token {
  /** Composed with the marks that follow, where there is such a character. */
  readonly codePoint: number
  readonly part: number
  readonly parts: number
  /** UTF-16 units of the text; the end includes the marks that belong to the character. */
  readonly start: number
  readonly end: number
  /** Marks follow that are no part of the character. */
  readonly isMarked: boolean
  /** What was skipped before it, null for nothing. */
  readonly gap: Gap | null
  /** Index of the first token of the run of equal characters that it continues without a gap. */
  readonly runStart: number
}

interface OpenGap {
  readonly start: number
  end: number
  strong: number
  weak: number
  emoji: number
  hasHidden: boolean
  isBoundary: boolean
}

/** The tokens of a text in a view, in order. */
export function tokenise(text: string, view: View): Token[] {
  const tokens: Token[] = []
  let gap: OpenGap | null = null
  for (let at = 0; at < text.length;) {
    const codePoint = text.codePointAt(at) as number
    const next = codePoint > 0xffff ? at + 2 : at + 1
    const kind = view.kindOf(codePoint)
    if (kind === Kind.symbol) {
      const isDecorated = markAfter(text, next, view) >= 0
      at = isDecorated ? addDecorated(tokens, text, { view, codePoint, start: at, gap }) : next
      if (!isDecorated) addToken(tokens, { view, codePoint, start: next - unitsOf(codePoint), gap }, next, false)
      gap = null
    } else {
      gap ??= { start: at, end: next, strong: 0, weak: 0, emoji: 0, hasHidden: false, isBoundary: false }
      gap.end = next
      widen(gap, kind)
      at = next
    }
  }
  return tokens
}

function widen(gap: OpenGap, kind: Kind): void {
  if (kind === Kind.strong) gap.strong += 1
  else if (kind === Kind.weak) gap.weak += 1
  else if (kind === Kind.emoji) gap.emoji += 1
  else if (kind === Kind.boundary) gap.isBoundary = true
  else if (kind !== Kind.tone) gap.hasHidden = true
}

interface Found {
  readonly view: View
  readonly codePoint: number
  readonly start: number
  readonly gap: Gap | null
}

function addToken(tokens: Token[], found: Found, end: number, isMarked: boolean): void {
  const { view, codePoint, start, gap } = found
  const at = tokens.length
  if (view.families[codePoint] === SEVERAL) {
    const parts = view.expansions.get(codePoint)?.length ?? 1
    for (let part = 0; part < parts; part += 1) {
      tokens.push({ codePoint, part, parts, start, end, isMarked, gap: part === 0 ? gap : null, runStart: at + part })
    }
  } else {
    const runStart = gap === null && !isMarked ? runStartOf(tokens, codePoint) : at
    tokens.push({ codePoint, part: 0, parts: 1, start, end, isMarked, gap, runStart })
  }
}

/** Where the run begins that one more of the character would continue. */
function runStartOf(tokens: readonly Token[], codePoint: number): number {
  const last = tokens[tokens.length - 1]
  return last !== undefined && last.codePoint === codePoint && !last.isMarked ? last.runStart : tokens.length
}

/** Where a mark stands that belongs to the character before `at`, behind what nobody sees (3\ufe0f\u20e3); -1 where none does. */
function markAfter(text: string, at: number, view: View): number {
  for (let next = at; next < text.length;) {
    const codePoint = text.codePointAt(next) as number
    const kind = view.kindOf(codePoint)
    if (kind === Kind.mark) return next
    if (kind !== Kind.hidden) return -1
    next += unitsOf(codePoint)
  }
  return -1
}

/** A character with the marks that follow it: e and a mark above it are é, marks that make no letter only decorate it. */
function addDecorated(tokens: Token[], text: string, found: Found): number {
  const { view, codePoint, start } = found
  let [composed, isMarked, at] = [codePoint, false, start + unitsOf(codePoint)]
  for (let next = markAfter(text, at, view); next >= 0; next = markAfter(text, at, view)) {
    const mark = text.codePointAt(next) ?? 0
    const joined = String.fromCodePoint(composed, mark).normalize('NFC')
    const isLetter = next === at && joined.length === unitsOf(joined.codePointAt(0) ?? 0)
    if (isLetter) composed = joined.codePointAt(0) ?? composed
    else isMarked = true
    at = next + unitsOf(mark)
  }
  addToken(tokens, { ...found, codePoint: composed }, at, isMarked)
  return at
}
