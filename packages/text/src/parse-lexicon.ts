import { createHash } from 'node:crypto'
import { Label, Severity, StreamkeeperError } from '@streamkeeper/contracts'
import { CsvError } from 'csv-parse'
import { parse } from 'csv-parse/sync'
import { Kind, kindOf } from './fold/kinds.js'
import { matchModes, type Category, type Lexicon, type LexiconEntry, type LexiconProblem } from './lexicon.js'
import { parseVariants, variantNames } from './variants.js'

const header = ['word', 'category', 'severity', 'match', 'variants'] as const
/** Far above any word or phrase, low enough that nested entries cannot make a scan slow. */
const longestWord = 200

/** The demo word list in Chinese and English, harmless by intent. */
export const demoLexiconUrl = new URL('../data/demo-lexicon.csv', import.meta.url)

class RowError extends Error {
  override readonly name = 'RowError'
  constructor(
    readonly column: number,
    message: string,
  ) {
    super(message)
  }
}

/**
 * Reads a word list: CSV with the header `word,category,severity,match,variants`. A wrong row is named and left out, the
 * others load; a row is one line, so that a stray quote spoils its own row only. Throws StreamkeeperError
 * LEXICON_INVALID when the header is wrong.
 */
export function parseLexicon(text: string, name: string): { lexicon: Lexicon; problems: LexiconProblem[] } {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)
  checkHeader(lines[0] ?? '', name)
  const entries = new Map<string, { line: number; entry: LexiconEntry }>()
  const problems: LexiconProblem[] = []
  for (const [index, source] of lines.entries()) {
    if (index === 0 || source.trim() === '') continue
    try {
      const entry = readRow(source)
      const key = JSON.stringify([entry.word, entry.category])
      const earlier = entries.get(key)
      if (earlier !== undefined) throw new RowError(1, `the word stands in line ${earlier.line} with the same category`)
      entries.set(key, { line: index + 1, entry })
    } catch (error) {
      problems.push({ line: index + 1, ...explain(error) })
    }
  }
  const sha256 = createHash('sha256').update(text, 'utf8').digest('hex')
  const list = [...entries.values()].map(({ entry }) => entry)
  return { lexicon: { name, version: sha256.slice(0, 12), sha256, entries: list }, problems }
}

function checkHeader(line: string, name: string): void {
  if (line.replaceAll(/["\s]/g, '').toLowerCase() === header.join(',')) return
  throw new StreamkeeperError('LEXICON_INVALID', `${name}: line 1 must be ${header.join(',')}`)
}

function explain(error: unknown): { column: number; message: string } {
  if (error instanceof RowError) return { column: error.column, message: error.message }
  if (!(error instanceof CsvError)) throw error
  const column: unknown = error['column']
  return {
    column: typeof column === 'number' ? column + 1 : 1,
    message: 'a quote is not closed or stands inside a field',
  }
}

/** A line without quotes needs no parser: making one for each of 20,000 lines takes a second. */
function splitRow(line: string): string[] {
  if (!line.includes('"')) return line.split(',').map((cell) => cell.trim())
  return parse(line, { trim: true })[0] ?? []
}

function readRow(line: string): LexiconEntry {
  const cells = splitRow(line)
  if (cells.length !== header.length) {
    throw new RowError(
      Math.min(cells.length, header.length) + 1,
      `${header.length} fields are needed, not ${cells.length}`,
    )
  }
  const [word = '', category = '', severity = '', match = '', variants = ''] = cells
  return {
    word: readWord(word),
    category: readCategory(category),
    severity: readSeverity(severity),
    match: oneOf(matchModes, match, { column: 4, what: 'match' }),
    variants: readVariants(variants),
  }
}

function readWord(word: string): string {
  if (/\p{Cs}/u.test(word)) throw new RowError(1, 'word holds half of a surrogate pair')
  if (Array.from(word).length > longestWord) throw new RowError(1, `word is longer than ${longestWord} characters`)
  if (!Array.from(word).some(isShown)) {
    throw new RowError(1, 'word has no visible character')
  }
  return word
}

function isShown(character: string): boolean {
  const kind = kindOf(character.codePointAt(0) ?? 0)
  return kind !== Kind.hidden && kind !== Kind.mark && kind !== Kind.boundary && character.trim() !== ''
}

function readCategory(cell: string): Category {
  return oneOf<Category>([...Label.options, 'allow'], cell, { column: 2, what: 'category' })
}

function readSeverity(cell: string): number {
  const severity = /^\d{1,3}$/.test(cell) ? Severity.safeParse(Number(cell)).data : undefined
  if (severity === undefined) throw new RowError(3, `severity must be a whole number from 0 to 100, not ${quote(cell)}`)
  return severity
}

function readVariants(cell: string): LexiconEntry['variants'] {
  const variants = parseVariants(cell)
  if (variants !== undefined) return variants
  throw new RowError(
    5,
    `variants must be all, none or names with + between (${variantNames.join(' ')}), not ${quote(cell)}`,
  )
}

function oneOf<T extends string>(
  allowed: readonly T[],
  cell: string,
  { column, what }: { column: number; what: string },
): T {
  const found = allowed.find((value) => value === cell)
  if (found === undefined) throw new RowError(column, `${what} must be one of ${allowed.join(' ')}, not ${quote(cell)}`)
  return found
}

function quote(cell: string): string {
  return JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}…` : cell)
}
