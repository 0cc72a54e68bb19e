import { Label } from '@streamkeeper/contracts'
import type { Variants } from './variants.js'

/** `auto`: a whole word in scripts with spaces, anywhere in Chinese, Japanese, Thai and the like. */
export const matchModes = ['auto', 'anywhere', 'word'] as const
export type MatchMode = (typeof matchModes)[number]

/** A label code, a name of one's own, or `allow`: a phrase that outranks every hit that lies wholly inside it. */
export type Category = string

/** The label that a hit of a category gets: a name of one's own counts as OTHER. */
export function labelOf(category: Category): Label {
  return Label.safeParse(category).data ?? 'OTHER'
}

export interface LexiconEntry {
  /** As written in the file. */
  readonly word: string
  readonly category: Category
  /** 0 to 100, 100 worst. */
  readonly severity: number
  readonly match: MatchMode
  readonly variants: Variants
  /** From then on it is no entry any more, in milliseconds since the epoch; it holds for ever without. */
  readonly expiresAt?: number
}

/** A word list with its identity: `sha256` over the UTF-8 text of the file, `version` its first 12 digits. */
export interface Lexicon {
  readonly name: string
  readonly version: string
  readonly sha256: string
  readonly entries: readonly LexiconEntry[]
}

/** What is wrong with a row. `line` counts lines of the file, `column` the columns of the header, both from 1. */
export interface LexiconProblem {
  readonly line: number
  readonly column: number
  readonly message: string
}
