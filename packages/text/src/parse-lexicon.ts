import { createHash } from 'node:crypto'
import { oneOf, OwnCategories, quote, readCategory, readRows, readSeverity, RowError } from './csv-rows.js'
import { Kind, kindOf } from './fold/kinds.js'
import { matchModes, type Lexicon, type LexiconEntry, type LexiconProblem } from './lexicon.js'
import { parseVariants, variantNames } from './variants.js'

const header = ['word', 'category', 'severity', 'match', 'variants'] as const
/** Far above any word or phrase, low enough that nested entries cannot make a scan slow. */
const longestWord = 200

/** The demo word list in Chinese and English, harmless by intent. */
export const demoLexiconUrl = new URL('../data/demo-lexicon.csv', import.meta.url)

interface ParsedLexicon {
  readonly lexicon: Lexicon
  /** Rows that were left out. */
  readonly problems: readonly LexiconProblem[]
  /** What people should look at though the rows are loaded. */
  readonly warnings: readonly LexiconProblem[]
}

/**
 * Reads a word list: CSV with the header `word,category,severity,match,variants`, and `expires` when some entries hold for a time. A wrong row is named and left out, the
 * others load; a row is one line, so that a stray quote spoils its own row only. A category that is no label is a warning. Throws StreamkeeperError
 * LEXICON_INVALID when the header is wrong.
 */
export function parseLexicon(text: string, name: string): ParsedLexicon {
  const entries = new Map<string, { line: number; entry: LexiconEntry }>()
  const own = new OwnCategories(2)
  const problems = readRows(text, { name, header, mayEndWith: 'expires' }, (cells, line) => {
    const entry = readRow(cells)
    const key = JSON.stringify([entry.word, entry.category])
    const earlier = entries.get(key)
    if (earlier !== undefined) throw new RowError(1, `the word stands in line ${earlier.line} with the same category`)
    entries.set(key, { line, entry })
    own.add(entry.category, line)
  })
  const sha256 = createHash('sha256').update(text, 'utf8').digest('hex')
  const list = [...entries.values()].map(({ entry }) => entry)
  return { lexicon: { name, version: sha256.slice(0, 12), sha256, entries: list }, problems, warnings: own.warnings() }
}

function readRow(cells: readonly string[]): LexiconEntry {
  const [word = '', category = '', severity = '', match = '', variants = '', expires = ''] = cells
  return {
    word: readWord(word),
    category: readCategory(category, 2),
    severity: readSeverity(severity, 3),
    match: oneOf(matchModes, match, { column: 4, what: 'match' }),
    variants: readVariants(variants),
    ...(expires === '' ? {} : { expiresAt: readExpiry(expires) }),
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

function readVariants(cell: string): LexiconEntry['variants'] {
  const variants = parseVariants(cell)
  if (variants !== undefined) return variants
  throw new RowError(
    5,
    `variants must be all, none or names with + between (${variantNames.join(' ')}), not ${quote(cell)}`,
  )
}

const dayMs = 24 * 60 * 60 * 1000

/** The last day that the entry holds, in UTC. */
function readExpiry(cell: string): number {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(cell) ? Date.parse(`${cell}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== cell)
    throw new RowError(6, `expires must be a day such as 2027-01-31, not ${quote(cell)}`)
  return day + dayMs
}

/** The list without the entries whose time is over, and when the next one's will be; null when none's will. */
export function withoutExpired(lexicon: Lexicon, now: number): { lexicon: Lexicon; nextExpiry: number | null } {
  const entries = lexicon.entries.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now)
  const ends = entries.flatMap(({ expiresAt }) => expiresAt ?? [])
  return { lexicon: { ...lexicon, entries }, nextExpiry: ends.length === 0 ? null : Math.min(...ends) }
}
