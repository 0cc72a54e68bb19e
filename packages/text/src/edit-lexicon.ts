import type { LexiconEntry } from './lexicon.js'
import { parseLexicon } from './parse-lexicon.js'

const header = 'word,category,severity,match,variants'

/** A row as somebody types it: checked when it is added. */
export interface NewRow {
  readonly word: string
  readonly category: string
  readonly severity: string
  readonly match: string
  readonly variants: string
}

/**
 * The word list with one row more, all others as they stand; an empty text becomes a list. Throws RangeError that says which
 * field is wrong, or where the word stands already.
 */
export function addRow(source: string, row: NewRow): string {
  const line = [row.word, row.category, row.severity, row.match, row.variants].map(quote).join(',')
  if (/[\r\n]/.test(line)) throw new RangeError('a row is one line')
  const before = source.trim() === '' ? `${header}\n` : source.endsWith('\n') ? source : `${source}\n`
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
    const entry = readLine(line)
    return entry?.word !== word || (category !== undefined && entry.category !== category)
  })
  return { text: [first, ...kept].join('\n'), removed: lines.length - kept.length }
}

function readLine(line: string): LexiconEntry | undefined {
  return parseLexicon(`${header}\n${line}`, 'line').lexicon.entries[0]
}

function quote(cell: string): string {
  return /[",]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
