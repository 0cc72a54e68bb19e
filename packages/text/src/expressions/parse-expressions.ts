import { createHash } from 'node:crypto'
import { OwnCategories, quote, readCategory, readRows, readSeverity, RowError } from '../csv-rows.js'
import { compile, ExpressionError } from './compile.js'
import { readingNames, type ExpressionEntry, type ParsedExpressions, type ReadingName } from './expression.js'
import { measureExpression } from './measure-expression.js'

const header = ['name', 'expression', 'category', 'severity', 'readings'] as const
const longestExpression = 1_000

/** Expressions for telephone numbers, contact handles, addresses of pages and invitations: a start, to be made one's own. */
export const contactExpressionsUrl = new URL('../../data/contacts.csv', import.meta.url)

/**
 * Reads expressions: CSV with the header `name,expression,category,severity,readings`. A wrong row is named and left out, also
 * one that takes longer than its budget: the message says how long. A category that is no label is a warning. Throws StreamkeeperError LEXICON_INVALID when the header is wrong.
 */
export function parseExpressions(text: string, name: string): ParsedExpressions {
  const entries = new Map<string, ExpressionEntry>()
  const own = new OwnCategories(3)
  const problems = readRows(text, { name, header }, (cells, line) => {
    const entry = readRow(cells)
    if (entries.has(entry.name)) throw new RowError(1, `the name ${quote(entry.name)} stands twice`)
    entries.set(entry.name, entry)
    own.add(entry.category, line)
  })
  const sha256 = createHash('sha256').update(text, 'utf8').digest('hex')
  const list = { name, version: sha256.slice(0, 12), sha256, entries: [...entries.values()] }
  return { list, problems, warnings: own.warnings() }
}

function readRow(cells: readonly string[]): ExpressionEntry {
  const [name = '', expression = '', category = '', severity = '', readings = ''] = cells
  if (!/^[a-z0-9][a-z0-9.-]{0,63}$/.test(name))
    throw new RowError(1, `name must be small letters, digits, dots and hyphens, not ${quote(name)}`)
  const entry = {
    name,
    expression,
    category: readCategory(category, 3),
    severity: readSeverity(severity, 4),
    readings: readReadings(readings),
  }
  checkExpression(expression)
  return entry
}

function readReadings(cell: string): ReadingName[] {
  const names = cell.split('+').map((part) => readingNames.find((name) => name === part.trim()))
  const known = names.filter((name) => name !== undefined)
  if (known.length === names.length && new Set(known).size === known.length) return known
  throw new RowError(5, `readings must be names with + between (${readingNames.join(' ')}), not ${quote(cell)}`)
}

function checkExpression(expression: string): void {
  if (expression.length > longestExpression)
    throw new RowError(2, `expression is longer than ${longestExpression} characters`)
  try {
    const { ms, budgetMs, length } = measureExpression(expression, compile(expression))
    if (ms > budgetMs)
      throw new RowError(
        2,
        `expression takes ${ms.toFixed(1)} ms for ${length} characters, at most ${budgetMs} are allowed`,
      )
  } catch (error) {
    if (error instanceof ExpressionError) throw new RowError(2, error.message)
    throw error
  }
}
