import { bitOf } from '../variants.js'
import { foldCharacter } from './fold-character.js'
import { familyOf } from './leet.js'
import { readings } from './readings.js'

/** Six letters (zhuang) and an end. */
export const longestSyllable = 7
const units = 0x10000
/** Where hanzi are among the UTF-16 units. */
const blocks: readonly (readonly [first: number, end: number])[] = [
  [0x3400, 0xa000],
  [0xf900, 0xfb00],
]

export interface SpelledHanzi {
  /** By UTF-16 unit: the number of the syllable that the hanzi is read as first, 0 for what is none. */
  readonly syllables: Uint16Array
  /** By syllable: the families of its letters. */
  readonly letters: readonly (readonly number[])[]
  /** The number of a syllable as the readings write it. */
  readonly numbers: ReadonlyMap<string, number>
}

let made: SpelledHanzi | undefined

/** How the hanzi of the first plane are spelled. */
export function spelledHanzi(): SpelledHanzi {
  made ??= spell()
  return made
}

function spell(): SpelledHanzi {
  const syllables = new Uint16Array(units)
  const numbers = new Map<string, number>()
  const letters: number[][] = [[]]
  for (const [first, end] of blocks) {
    for (let unit = first; unit < end; unit += 1) {
      const syllable = readings.first(foldCharacter(unit, bitOf.compatibility | bitOf.traditional)[0] ?? unit)
      if (syllable === undefined) continue
      const known = numbers.get(syllable)
      if (known === undefined) letters.push(Array.from(syllable, (letter) => familyOf(letter.charCodeAt(0))))
      const number = known ?? letters.length - 1
      syllables[unit] = number
      numbers.set(syllable, number)
    }
  }
  return { syllables, letters, numbers }
}
