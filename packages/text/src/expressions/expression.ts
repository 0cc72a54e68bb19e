import type { Category, LexiconProblem } from '../lexicon.js'

/**
 * The readings of a text that an expression may be looked for in. `written`: as it stands, without case, width, look-alikes
 * and invisible characters. `joined`: letters and digits alone, what parts them left out. `digits`: the same with words and
 * pictures of digits as digits.
 */
export const readingNames = ['written', 'joined', 'digits'] as const
export type ReadingName = (typeof readingNames)[number]

/** A regular expression in RE2's syntax. Its first group, if it has one, is what counts as the hit. */
export interface ExpressionEntry {
  /** What verdicts call it. */
  readonly name: string
  readonly expression: string
  readonly category: Category
  /** 0 to 100, 100 worst. */
  readonly severity: number
  readonly readings: readonly ReadingName[]
}

/** Expressions with their identity: `sha256` over the UTF-8 text of the file, `version` its first 12 digits. */
export interface ExpressionList {
  readonly name: string
  readonly version: string
  readonly sha256: string
  readonly entries: readonly ExpressionEntry[]
}

export interface ParsedExpressions {
  readonly list: ExpressionList
  /** Rows that were left out. */
  readonly problems: readonly LexiconProblem[]
  /** What people should look at though the rows are loaded. */
  readonly warnings: readonly LexiconProblem[]
}
