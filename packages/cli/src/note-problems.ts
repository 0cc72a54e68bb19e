import type { LexiconProblem } from '@streamkeeper/text'
import { note } from './output.js'

interface Told {
  /** Rows that were left out. */
  readonly problems: readonly LexiconProblem[]
  readonly warnings: readonly LexiconProblem[]
}

/** Says by line and column what is wrong with a word list, and what is only odd about it. */
export function noteProblems(file: string, { problems, warnings }: Told): void {
  for (const { line, column, message } of problems) note(`${file}:${line}:${column}: ${message}`)
  for (const { line, column, message } of warnings) note(`${file}:${line}:${column}: warning: ${message}`)
}
