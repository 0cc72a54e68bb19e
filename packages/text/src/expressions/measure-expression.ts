import type { CompiledExpression } from './compile.js'

const length = 10_000
/** A message of the greatest length may cost so much; those that are shipped take a fifth of it on a slow machine. */
const budgetMs = 200
const tries = 3

const pieces = ['a', '1', 'a.', '1a ', 'a@', '字', 'http://', '1 3 ']

/** Texts in which the expression has much to try: its own letters stand at the end, else a search for them alone would settle it. */
function hardTexts(expression: string): string[] {
  const own = expression.replaceAll(/\\.|[^\p{L}\p{N}]/gu, '')
  const fill = (piece: string): string => piece.repeat(Math.ceil(length / piece.length)).slice(0, length)
  return [...pieces.map((piece) => fill(piece) + own), ...(own === '' ? [] : [fill(own)])]
}

/** The most CPU that the expression takes over a hard text of the greatest length, the best of three tries, in milliseconds. */
export function measureExpression(
  expression: string,
  compiled: CompiledExpression,
): { ms: number; budgetMs: number; length: number } {
  const ms = Math.max(...hardTexts(expression).map((text) => bestOf(() => timeOf(compiled, text))))
  return { ms, budgetMs, length }
}

/** CPU, not the clock: a machine that is busy is no fault of an expression. */
function timeOf(compiled: CompiledExpression, text: string): number {
  const before = process.cpuUsage()
  compiled.findAll(text)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

/** A try that is in time ends it. */
function bestOf(measure: () => number): number {
  let best = Number.POSITIVE_INFINITY
  for (let n = 0; n < tries && best > budgetMs; n += 1) best = Math.min(best, measure())
  return best
}
