import { columns } from './automaton.js'
import { SEVERAL, type View } from './fold/view.js'

/** Classes with a meaning of their own. Class 0 is every character that no word has. */
export const OTHER = 0
export const SKIP = 1
export const EXPANDS = 2
const firstFree = 3

const mostClasses = 0xffff
const endOfAscii = 0x80

/** A small number for each family that the words have: what an automaton steps by. Letters come first, as its rows want it. */
export class CharacterClasses {
  private readonly own = new Map<number, number>()
  /** One more than the highest class. */
  readonly count: number

  /** Throws RangeError above 65,503 different families. */
  constructor(searches: Iterable<readonly number[]>) {
    const families = new Set<number>()
    for (const search of searches) for (const family of search) families.add(family)
    const letters = [...families].filter((family) => family < endOfAscii).slice(0, columns - firstFree)
    for (const [index, family] of letters.entries()) this.own.set(family, firstFree + index)
    let next = columns
    for (const family of families) if (!this.own.has(family)) this.own.set(family, next++)
    this.count = next
    if (next > mostClasses) throw new RangeError('the lexicons hold too many different characters')
  }

  classOf(family: number): number {
    return this.own.get(family) ?? OTHER
  }

  /** By code point of a view: a class, SKIP, or EXPANDS for the few that are several characters. */
  tableOf({ families }: View): Uint16Array {
    const byFamily = new Uint16Array(families.length)
    for (const [family, cls] of this.own) byFamily[family] = cls
    const table = new Uint16Array(families.length)
    for (let codePoint = 0; codePoint < families.length; codePoint += 1) {
      const family = families[codePoint] as number
      table[codePoint] = family >= 0 ? (byFamily[family] as number) : family === SEVERAL ? EXPANDS : SKIP
    }
    // A character of two units is looked up by its code point.
    return table.fill(EXPANDS, 0xd800, 0xdc00)
  }
}
