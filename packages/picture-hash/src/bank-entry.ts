import type { Label } from '@streamkeeper/contracts'

/** A banned picture. */
export interface BankEntry {
  /** The PDQ hash: 64 lower-case hex digits. */
  readonly hash: string
  readonly category: Label
  /** 0 to 100, 100 worst. */
  readonly severity: number
  readonly note: string
  /** The name of the list that it stands in. */
  readonly source: string
}

/** A list of banned pictures with its identity: `sha256` over the UTF-8 text of the file, `version` its first 12 digits. */
export interface BankList {
  readonly name: string
  readonly version: string
  readonly sha256: string
  readonly entries: readonly BankEntry[]
}

/** Why a row was left out. `line` counts lines of the file, `column` the columns of the header, both from 1. */
export interface BankProblem {
  readonly line: number
  readonly column: number
  readonly message: string
}
