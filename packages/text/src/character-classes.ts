import { foldCodePoint } from './fold/folding-rule.js'
import { foldingRules } from './variants.js'

/** Classes with a meaning of their own. Class 0 is every character that no word has. */
export const OTHER = 0
export const SKIPPED = 1
export const EXPANDS = 2
const firstFree = 3

const codePoints = 0x110000
const mostClasses = 0xffff

/** Every code point that some rule changes, and what all of them together make of it. */
const changes: ReadonlyMap<number, readonly number[]> = new Map(
  foldingRules
    .flatMap((rule) => [...rule.changes.keys()])
    .map((codePoint) => [codePoint, foldCodePoint(codePoint, foldingRules)]),
)

/** What each code point means to one automaton: all folding in one look-up. */
export class CharacterClasses {
  /** By code point: a class, SKIPPED, or EXPANDS for the few that become several characters. */
  readonly table = new Uint16Array(codePoints)
  private readonly own = new Map<number, number>()
  private readonly expansions = new Map<number, readonly number[]>()

  /** Gives each character of the folded words its class. Throws RangeError above 65,532 different characters. */
  constructor(words: readonly (readonly number[])[]) {
    for (const symbol of words.flat()) {
      if (!this.own.has(symbol)) this.own.set(symbol, firstFree + this.own.size)
    }
    if (this.count > mostClasses) throw new RangeError('the lexicons hold too many different characters')
    for (const [symbol, cls] of this.own) this.table[symbol] = cls
    for (const [codePoint, folded] of changes) this.table[codePoint] = this.classify(codePoint, folded)
  }

  /** One more than the highest class. */
  get count(): number {
    return firstFree + this.own.size
  }

  classOfFolded(symbol: number): number {
    return this.own.get(symbol) ?? OTHER
  }

  expansionOf(codePoint: number): readonly number[] {
    return this.expansions.get(codePoint) ?? []
  }

  /** How many folded characters the code point becomes. */
  lengthOf(codePoint: number): number {
    const cls = this.table[codePoint]
    if (cls === SKIPPED) return 0
    return cls === EXPANDS ? this.expansionOf(codePoint).length : 1
  }

  private classify(codePoint: number, folded: readonly number[]): number {
    const classes = folded.map((symbol) => this.classOfFolded(symbol))
    if (classes.length > 1) this.expansions.set(codePoint, classes)
    return classes.length > 1 ? EXPANDS : (classes[0] ?? SKIPPED)
  }
}
