import { codePointOf } from './read-table.js'

/** Signs of money and law that writers of pretty letters take. */
const currencies: Readonly<Record<string, string>> = {
  '₳': 'a',
  '₿': 'b',
  '¢': 'c',
  '₵': 'c',
  '₫': 'd',
  '₣': 'f',
  '₲': 'g',
  '₭': 'k',
  '₥': 'm',
  '₦': 'n',
  '₱': 'p',
  '§': 's',
  '₴': 's',
  '₮': 't',
  '₩': 'w',
}

/** Digits and signs, and the letters that they may stand for. A digit is also itself. */
const stands: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'il',
  2: 'z',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  8: 'b',
  9: 'g',
  '@': 'a',
  $: 's',
  '!': 'il',
  '|': 'li',
  '+': 't',
  '(': 'c',
  '€': 'e',
  '£': 'l',
  '¥': 'y',
  ...currencies,
}

/** The letters that a folded code point may stand for; none for most. */
export const leetLetters: ReadonlyMap<number, readonly number[]> = new Map(
  Object.entries(stands).map(([sign, letters]) => [codePointOf(sign), Array.from(letters, codePointOf)]),
)

/** Signs that are read as letters in a second reading alone, since they are punctuation more often. */
export const rareSigns: readonly number[] = Array.from(`!|+(€£¥${Object.keys(currencies).join('')}`, codePointOf)
/** Signs that are read as letters in the first reading, and part letters in the second. */
export const commonSigns: readonly number[] = Array.from('@$', codePointOf)

const families = new Map(
  [...leetLetters].map(([sign, [letter = sign]]): [number, number] => [
    sign,
    letter === codePointOf('l') ? codePointOf('i') : letter,
  ]),
)
families.set(codePointOf('l'), codePointOf('i'))

/** One letter for all that may be taken for each other: 1, l, ! and | are i. The search goes by it, the check does not. */
export function familyOf(folded: number): number {
  return families.get(folded) ?? folded
}
