import { createHash } from 'node:crypto'
import { Label, Severity, StreamkeeperError } from '@streamkeeper/contracts'
import { CsvError } from 'csv-parse'
import { parse } from 'csv-parse/sync'
import type { BankEntry, BankList, BankProblem } from './bank-entry.js'
import { finish, finishAside, type Steps } from './by-steps.js'
import { bitsSet, parseWords } from './hash-words.js'

const header = ['hash', 'category', 'severity', 'note'] as const
const longestNote = 200
/** A hash has 128 bits set, half of all, but for frequencies that are exactly equal: fewer than this is no picture. */
const fewestBits = 64
const linesAStep = 20_000

class RowError extends Error {
  override readonly name = 'RowError'
  constructor(
    readonly column: number,
    message: string,
  ) {
    super(message)
  }
}

interface ParsedBank {
  readonly list: BankList
  readonly problems: readonly BankProblem[]
}

/**
 * Reads a list of banned pictures: CSV with the header `hash,category,severity,note`. A wrong row is named and left out,
 * the others load; a row is one line, so that a stray quote spoils its own row only. Throws StreamkeeperError BANK_INVALID
 * when the header is wrong.
 */
export function parseBankCsv(text: string, name: string): ParsedBank {
  return finish(parseSteps(text, name))
}

/** The same with pauses: a million rows take seconds. */
export function parseBankCsvAside(text: string, name: string, pause: () => Promise<unknown>): Promise<ParsedBank> {
  return finishAside(parseSteps(text, name), pause)
}

function* parseSteps(text: string, name: string): Steps<ParsedBank> {
  const earlier = new Map<string, number>()
  const entries: BankEntry[] = []
  const problems: BankProblem[] = []
  for (const { line, source } of linesOf(text)) {
    if (line === 1) checkHeader(source, name)
    else if (source.trim() !== '') {
      const row = readLine(source, { line, name, earlier })
      if ('entry' in row) entries.push(row.entry)
      else problems.push({ line, ...row.problem })
    }
    if (line % linesAStep === 0) yield
  }
  const sha256 = createHash('sha256').update(text, 'utf8').digest('hex')
  return { list: { name, version: sha256.slice(0, 12), sha256, entries }, problems }
}

/** One after the other: splitting a text of a million lines at once is a pause of its own. */
function* linesOf(text: string): Generator<{ line: number; source: string }> {
  let line = 0
  let from = text.startsWith('\ufeff') ? 1 : 0
  for (const end of text.matchAll(/\r\n|\n|\r/g)) {
    yield { line: (line += 1), source: text.slice(from, end.index) }
    from = end.index + end[0].length
  }
  yield { line: line + 1, source: text.slice(from) }
}

interface Place {
  readonly line: number
  readonly name: string
  /** The line in which a hash stands with a category. */
  readonly earlier: Map<string, number>
}

function readLine(
  source: string,
  { line, name, earlier }: Place,
): { entry: BankEntry } | { problem: Omit<BankProblem, 'line'> } {
  try {
    const entry = readRow(source, name)
    const key = `${entry.hash} ${entry.category}`
    const before = earlier.get(key)
    if (before !== undefined) throw new RowError(1, `the hash stands in line ${before} with the same category`)
    earlier.set(key, line)
    return { entry }
  } catch (error) {
    return { problem: explain(error) }
  }
}

function checkHeader(line: string, name: string): void {
  if (line.replaceAll(/["\s]/g, '').toLowerCase() === header.join(',')) return
  throw new StreamkeeperError('BANK_INVALID', `${name}: line 1 must be ${header.join(',')}`)
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

/** A line without quotes needs no parser. */
function splitRow(line: string): string[] {
  if (!line.includes('"')) return line.split(',').map((cell) => cell.trim())
  return parse(line, { trim: true })[0] ?? []
}

function readRow(line: string, source: string): BankEntry {
  const cells = splitRow(line)
  if (cells.length !== header.length) {
    const column = Math.min(cells.length, header.length) + 1
    throw new RowError(column, `${header.length} fields are needed, not ${cells.length}`)
  }
  const [hash = '', category = '', severity = '', note = ''] = cells
  return {
    hash: readHash(hash),
    category: readCategory(category),
    severity: readSeverity(severity),
    note: readNote(note),
    source,
  }
}

function readHash(cell: string): string {
  const hash = parseWords(cell)
  if (hash === undefined) throw new RowError(1, `hash must be 64 hex digits, not ${quote(cell)}`)
  const bits = bitsSet(hash)
  if (bits < fewestBits || bits > 256 - fewestBits) {
    throw new RowError(
      1,
      `hash has ${bits} of 256 bits set: that is a picture with nothing in it, which others would match`,
    )
  }
  return cell.toLowerCase()
}

function readCategory(cell: string): Label {
  const found = Label.options.find((label) => label === cell)
  if (found === undefined) {
    throw new RowError(2, `category must be one of ${Label.options.join(' ')}, not ${quote(cell)}`)
  }
  return found
}

function readSeverity(cell: string): number {
  const severity = /^\d{1,3}$/.test(cell) ? Severity.safeParse(Number(cell)).data : undefined
  if (severity === undefined) throw new RowError(3, `severity must be a whole number from 0 to 100, not ${quote(cell)}`)
  return severity
}

function readNote(cell: string): string {
  if (/[\p{Cc}\p{Cs}]/u.test(cell)) throw new RowError(4, 'note holds a control character or half of a surrogate pair')
  if (cell.length > longestNote) throw new RowError(4, `note is longer than ${longestNote} characters`)
  return cell
}

function quote(cell: string): string {
  return JSON.stringify(cell.length > 80 ? `${cell.slice(0, 80)}…` : cell)
}
