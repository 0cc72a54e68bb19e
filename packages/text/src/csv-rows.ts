import { Label, Severity, StreamkeeperError } from '@streamkeeper/contracts'
import { CsvError } from 'csv-parse'
import { parse } from 'csv-parse/sync'
import type { Category, LexiconProblem } from './lexicon.js'

/** A row that is left out, and why. `column` counts from 1. */
export class RowError extends Error {
  override readonly name = 'RowError'
  constructor(
    readonly column: number,
    message: string,
  ) {
    super(message)
  }
}

/** A table as people keep it: `name` is what messages call it, `header` its columns. */
interface TableForm {
  readonly name: string
  readonly header: readonly string[]
  /** A column that a file may have at its end. */
  readonly mayEndWith?: string
}

/**
 * Hands on each row of a CSV text; one that `take` throws RowError for, or that is no row, is named in the answer and left out.
 * A row is one line, so that a stray quote spoils its own row only. Throws StreamkeeperError LEXICON_INVALID when the header is wrong.
 */
export function readRows(
  text: string,
  { name, header, mayEndWith }: TableForm,
  take: (cells: readonly string[], line: number) => void,
): LexiconProblem[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)
  const columns = countColumns(lines[0] ?? '', header, mayEndWith)
  if (columns === null) throw new StreamkeeperError('LEXICON_INVALID', `${name}: line 1 must be ${header.join(',')}`)
  const problems: LexiconProblem[] = []
  for (const [index, source] of lines.entries()) {
    if (index === 0 || source.trim() === '') continue
    try {
      take(splitRow(source, columns), index + 1)
    } catch (error) {
      problems.push({ line: index + 1, ...explain(error) })
    }
  }
  return problems
}

/** How many columns a header line names; null when it is another table's. */
function countColumns(line: string, header: readonly string[], mayEndWith: string | undefined): number | null {
  const found = line.replaceAll(/["\s]/g, '').toLowerCase()
  if (found === header.join(',')) return header.length
  return mayEndWith !== undefined && found === [...header, mayEndWith].join(',') ? header.length + 1 : null
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
function splitRow(line: string, columns: number): string[] {
  const cells = line.includes('"') ? (parse(line, { trim: true })[0] ?? []) : line.split(',').map((cell) => cell.trim())
  if (cells.length === columns) return cells
  throw new RowError(Math.min(cells.length, columns) + 1, `${columns} fields are needed, not ${cells.length}`)
}

const longestCategory = 64

/** `column` is where the cell stands. */
export function readCategory(cell: string, column: number): Category {
  if (cell === '') throw new RowError(column, 'category is empty')
  if (Array.from(cell).length > longestCategory)
    throw new RowError(column, `category is longer than ${longestCategory} characters`)
  if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(cell)) throw new RowError(column, 'category holds a control character')
  return cell
}

/** Categories that are no labels: each is told once, where it stands first, since it may be a label with a slip in it. */
export class OwnCategories {
  private readonly found = new Map<Category, { readonly line: number; rows: number }>()

  constructor(private readonly column: number) {}

  /** Takes the category of a row that is loaded. */
  add(category: Category, line: number): void {
    if (known.has(category)) return
    const own = this.found.get(category) ?? { line, rows: 0 }
    own.rows += 1
    this.found.set(category, own)
  }

  warnings(): LexiconProblem[] {
    return Array.from(this.found, ([category, { line, rows }]) => {
      const message = `category ${quote(category)} is no label: it counts as OTHER`
      return { line, column: this.column, message: rows === 1 ? message : `${message}, in ${rows} rows` }
    })
  }
}

const known: ReadonlySet<string> = new Set([...Label.options, 'allow'])

export function readSeverity(cell: string, column: number): number {
  const severity = /^\d{1,3}$/.test(cell) ? Severity.safeParse(Number(cell)).data : undefined
  if (severity !== undefined) return severity
  throw new RowError(column, `severity must be a whole number from 0 to 100, not ${quote(cell)}`)
}

export function oneOf<T extends string>(
  allowed: readonly T[],
  cell: string,
  { column, what }: { column: number; what: string },
): T {
  const found = allowed.find((value) => value === cell)
  if (found === undefined) throw new RowError(column, `${what} must be one of ${allowed.join(' ')}, not ${quote(cell)}`)
  return found
}

/** What a cell says, short enough for a message. */
export function quote(cell: string): string {
  return JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}…` : cell)
}
