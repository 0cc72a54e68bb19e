import { foldCharacter } from '../fold/fold-character.js'
import { Kind } from '../fold/kinds.js'
import { plainView } from '../fold/view.js'
import { unitsOf } from '../read-code-points.js'
import { bitOf } from '../variants.js'
import { digitOf } from './digit-words.js'

/** A text as an expression sees it. */
export interface ReadText {
  readonly text: string
  /** UTF-16 units of the original text: where what is read from `start` to `end` stands. */
  place(start: number, end: number): { readonly start: number; readonly end: number }
}

/** All that makes characters look other than they are, but for leetspeak: digits must stay digits. */
const looks =
  bitOf.case | bitOf.width | bitOf.compatibility | bitOf.confusable | bitOf.traditional | bitOf.mark | bitOf.invisible
/** More signs than this between two characters part them. */
const longestGap = 3

class Reader implements ReadText {
  text = ''
  readonly #starts: number[] = []
  readonly #ends: number[] = []

  add(read: string, start: number, end: number): void {
    for (let unit = 0; unit < read.length; unit += 1) {
      this.#starts.push(start)
      this.#ends.push(end)
    }
    this.text += read
  }

  /** Marks belong to the character before them. */
  extend(end: number): void {
    const last = this.#ends.at(-1)
    for (let unit = this.#ends.length - 1; unit >= 0 && this.#ends[unit] === last; unit -= 1) this.#ends[unit] = end
  }

  place(start: number, end: number): { start: number; end: number } {
    return { start: this.#starts[start] ?? 0, end: this.#ends[end - 1] ?? 0 }
  }
}

/** The text as it stands, without case, width, look-alikes and what does not show. */
export function readAsWritten(text: string): ReadText {
  const reader = new Reader()
  forEachCharacter(text, (codePoint, kind, start, end) => {
    if (kind === Kind.mark) reader.extend(end)
    else if (kind !== Kind.hidden) reader.add(fold(codePoint), start, end)
  })
  return reader
}

/**
 * Letters, digits and @ alone; up to three signs between two of them are left out, more are a line end. `asDigits`: words and
 * pictures of digits are digits, and so is an o beside one.
 */
export function readJoined(text: string, asDigits: boolean): ReadText {
  const reader = new Reader()
  let gap = 0
  forEachCharacter(text, (codePoint, kind, start, end) => {
    const read = readInJoined(codePoint, kind, asDigits)
    if (read === '') gap = widen(gap, kind, () => reader.extend(end))
    else {
      if (gap > longestGap && reader.text !== '') reader.add('\n', start, start)
      gap = 0
      reader.add(asDigits ? zeroFor(read, reader.text.at(-1)) : read, start, end)
    }
  })
  return reader
}

/** A gap and what is left out after it; a mark right after a character belongs to that. */
function widen(gap: number, kind: Kind, extend: () => void): number {
  if (kind === Kind.mark && gap === 0) extend()
  return kind === Kind.hidden || kind === Kind.mark ? gap : gap + 1
}

function zeroFor(read: string, before: string | undefined): string {
  return read === 'o' && isDigit(before) ? '0' : read
}

function readInJoined(codePoint: number, kind: Kind, asDigits: boolean): string {
  const digit = asDigits ? digitOf(codePoint) : undefined
  if (digit !== undefined) return digit
  return kind === Kind.symbol ? fold(codePoint) : ''
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9'
}

function forEachCharacter(
  text: string,
  take: (codePoint: number, kind: Kind, start: number, end: number) => void,
): void {
  const view = plainView()
  for (let at = 0; at < text.length;) {
    const codePoint = text.codePointAt(at) ?? 0
    const end = at + unitsOf(codePoint)
    take(codePoint, view.kindOf(codePoint), at, end)
    at = end
  }
}

/** What the first planes fold to, as far as it was asked for. */
const folded = new Map<number, string>()

function fold(codePoint: number): string {
  if (codePoint < 0x80) return String.fromCharCode(codePoint).toLowerCase()
  const known = folded.get(codePoint)
  if (known !== undefined) return known
  const read = String.fromCodePoint(...foldCharacter(codePoint, looks))
  folded.set(codePoint, read)
  return read
}
