import type { LexiconEntry } from './lexicon.js'
import { parseLexicon } from './parse-lexicon.js'

const header = 'word,category,severity,match,variants'
const expiryColumn = 'expires'

/** A row as somebody types it: checked when it is added. */
export interface NewRow {
  readonly word: string
  readonly category: string
  readonly severity: string
  readonly match: string
  readonly variants: string
  /** The last day that it holds, such as 2027-01-31; for ever without. */
  readonly expires?: string
}

/**
 * The word list with one row more, all others as they stand; an empty text becomes a list. Throws RangeError that says which
 * field is wrong, or where the word stands already.
 */
export function addRow(source: string, row: NewRow): string {
  const before = withHeader(source, row.expires !== undefined)
  const hasExpiry = firstLine(before).includes(expiryColumn)
  if (row.expires !== undefined && !hasExpiry)
    throw new RangeError(`the list has no column ${expiryColumn}: add it to line 1`)
  const cells = [row.word, row.category, row.severity, row.match, row.variants]
  const line = [...cells, ...(hasExpiry ? [row.expires ?? ''] : [])].map(quote).join(',')
  if (/[\r\n]/.test(line)) throw new RangeError('a row is one line')
  const after = `${before}${line}\n`
  const number = after.split('\n').length - 1
  const problem = parseLexicon(after, 'list').problems.find((one) => one.line === number)
  if (problem !== undefined) throw new RangeError(problem.message)
  return after
}

/** The word list without the rows of a word (of one category, when it is given), and how many those were. */
export function removeRows(source: string, word: string, category?: string): { text: string; removed: number } {
  const [first = '', ...lines] = source.split('\n')
  const kept = lines.filter((line) => {
    const entry = readLine(first, line)
    return entry?.word !== word || (category !== undefined && entry.category !== category)
  })
  return { text: [first, ...kept].join('\n'), removed: lines.length - kept.length }
}

function readLine(first: string, line: string): LexiconEntry | undefined {
  return parseLexicon(`${first}\n${line}`, 'line').lexicon.entries[0]
}

function firstLine(source: string): string {
  return source.slice(0, source.indexOf('\n')).toLowerCase()
}

function withHeader(source: string, withExpiry: boolean): string {
  if (source.trim() === '') return `${withExpiry ? `${header},${expiryColumn}` : header}\n`
  return source.endsWith('\n') ? source : `${source}\n`
}

function quote(cell: string): string {
  return /[",]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
