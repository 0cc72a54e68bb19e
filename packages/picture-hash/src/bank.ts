import type { Label } from '@streamkeeper/contracts'
import { BandIndex } from './band-index.js'
import type { BankEntry } from './bank-entry.js'
import { finish, finishAside, type Steps } from './by-steps.js'
import { longWords } from './hamming.js'
import { lowestQuality, type HashedPicture } from './hash-picture.js'
import { formatWords, parseWords, words } from './hash-words.js'

export interface BankMatch {
  readonly entry: BankEntry
  /** In how many of 256 bits the hashes differ: 0 to 31. */
  readonly distance: number
}

export interface PictureMatch extends BankMatch {
  /** It is the mirror image of the picture that is in the bank. */
  readonly mirrored: boolean
}

export interface Bank {
  /** How many entries it holds. */
  readonly size: number
  /**
   * The entries at a distance of at most 31 from a hash of 64 hex digits, nearest first, then in the order of the bank.
   * Throws RangeError when it is no hash. Knows nothing of quality: for a picture use `match`.
   */
  find(hash: string): BankMatch[]
  /**
   * The same for a picture and its mirror image, cropped or not, with a sign in a corner or not, an entry once, by its nearest. A picture of a quality
   * below 50 matches nothing.
   */
  match(picture: HashedPicture): PictureMatch[]
}

/** Makes a bank of the entries of all lists. Throws RangeError when a hash is not 64 hex digits. */
export function buildBank(entries: Iterable<BankEntry>): Bank {
  return finish(build(entries))
}

/** The same with pauses, for who has other things to do meanwhile: no step takes more than some tens of milliseconds. */
export function buildBankAside(entries: Iterable<BankEntry>, pause: () => Promise<unknown>): Promise<Bank> {
  return finishAside(build(entries), pause)
}

/** What an entry holds beside its hash, without an object for each of a million. */
interface Columns {
  readonly categories: Label[]
  readonly severities: number[]
  readonly notes: string[]
  readonly sources: string[]
}

const entriesAStep = 10_000

function* build(entries: Iterable<BankEntry>): Steps<Bank> {
  const columns: Columns = { categories: [], severities: [], notes: [], sources: [] }
  let shorts = new Uint16Array(words * 1024)
  let size = 0
  for (const { hash, category, severity, note, source } of entries) {
    if ((size + 1) * words > shorts.length) shorts = resized(shorts, shorts.length * 2)
    shorts.set(wordsOf(hash), size * words)
    columns.categories.push(category)
    columns.severities.push(severity)
    columns.notes.push(note)
    columns.sources.push(source)
    size += 1
    if (size % entriesAStep === 0) yield
  }
  const exact = resized(shorts, size * words)
  return new IndexedBank(yield* BandIndex.build(new Uint32Array(exact.buffer)), exact, columns)
}

function resized(shorts: Uint16Array<ArrayBuffer>, length: number): Uint16Array<ArrayBuffer> {
  const result = new Uint16Array(length)
  result.set(shorts.subarray(0, length))
  return result
}

function wordsOf(hash: string): Uint16Array<ArrayBuffer> {
  const found = parseWords(hash)
  if (found === undefined)
    throw new RangeError(`a hash must be 64 hex digits, not ${JSON.stringify(hash.slice(0, 80))}`)
  return found
}

interface Row {
  readonly row: number
  readonly distance: number
  readonly mirrored: boolean
}

const nearestFirst = (one: Row, other: Row): number => one.distance - other.distance || one.row - other.row

class IndexedBank implements Bank {
  constructor(
    private readonly index: BandIndex,
    private readonly shorts: Uint16Array,
    private readonly columns: Columns,
  ) {}

  get size(): number {
    return this.columns.severities.length
  }

  find(hash: string): BankMatch[] {
    const found = this.rowsNear(hash, false).sort(nearestFirst)
    return found.map(({ row, distance }) => ({ entry: this.entryAt(row), distance }))
  }

  match({ hash, mirrored, wider, cornerless, quality }: HashedPicture): PictureMatch[] {
    if (quality < lowestQuality) return []
    const found = [
      ...this.rowsNear(hash, false),
      ...this.rowsNear(wider.hash, false),
      ...this.rowsNear(mirrored, true),
      ...this.rowsNear(wider.mirrored, true),
      ...this.rowsNear(cornerless.hash, false),
      ...this.rowsNear(cornerless.mirrored, true),
    ].sort(nearestFirst)
    const nearest = new Map<number, Row>()
    for (const one of found) if (!nearest.has(one.row)) nearest.set(one.row, one)
    return [...nearest.values()].map(({ row, distance, mirrored }) => ({
      entry: this.entryAt(row),
      distance,
      mirrored,
    }))
  }

  private rowsNear(hash: string, mirrored: boolean): Row[] {
    const found = this.index.find(new Uint32Array(wordsOf(hash).buffer, 0, longWords))
    return Array.from(found, ([row, distance]) => ({ row, distance, mirrored }))
  }

  private entryAt(row: number): BankEntry {
    const { categories, severities, notes, sources } = this.columns
    return {
      hash: formatWords(this.shorts.subarray(row * words, (row + 1) * words)),
      category: categories[row] ?? 'OTHER',
      severity: severities[row] ?? 100,
      note: notes[row] ?? '',
      source: sources[row] ?? '',
    }
  }
}
