import { spelledHanzi } from './fold/spelled-hanzi.js'
import type { Pattern } from './pattern.js'

const pairBits = 512 * 512
const tripleBits = 1 << 20
/** Space and the like between hanzi and letters are passed over; so are the signs of ASCII. */
const latin = Uint8Array.from({ length: 0x250 }, (_, unit) =>
  /^[A-Za-z\u00c0-\u024f]$/.test(String.fromCharCode(unit)) ? 1 : 0,
)

/**
 * Says of most texts, at the price of one look a hanzi, that no entry can stand in them by its sound: no two or three hanzi in
 * a row are read as one begins, and no hanzi stands beside a letter.
 */
export class SoundGate {
  /** Beginnings of entries of two hanzi, by the numbers of their syllables. */
  private readonly pairs = new Uint8Array(pairBits >> 3)
  /** Beginnings of longer ones, hashed. */
  private readonly triples = new Uint8Array(tripleBits >> 3)
  private readonly syllables = spelledHanzi().syllables

  constructor(patterns: readonly Pattern[]) {
    const { numbers } = spelledHanzi()
    for (const { syllables } of patterns) {
      const own = syllables.map((readings) => readings.map((reading) => numbers.get(reading) ?? 0))
      for (const first of own[0] ?? []) for (const second of own[1] ?? []) this.enter(first, second, own[2])
    }
  }

  private enter(first: number, second: number, thirds: readonly number[] | undefined): void {
    if (thirds === undefined) setBit(this.pairs, pairOf(first, second))
    else for (const third of thirds) setBit(this.triples, tripleOf(first, second, third))
  }

  /** False when no entry can stand in the text by its sound. */
  isOpen(text: string): boolean {
    let [one, two, hasLetter] = [0, 0, false]
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at)
      const three = this.syllables[unit] as number
      if (three === 0) {
        hasLetter ||= latin[unit] === 1
        if (hasLetter && two !== 0) return true
        continue
      }
      if (hasLetter || this.isBeginning(one, two, three)) return true
      one = two
      two = three
    }
    return false
  }

  private isBeginning(one: number, two: number, three: number): boolean {
    return hasBit(this.pairs, pairOf(two, three)) || hasBit(this.triples, tripleOf(one, two, three))
  }
}

function pairOf(first: number, second: number): number {
  return (first << 9) | second
}

function tripleOf(first: number, second: number, third: number): number {
  return Math.imul((first << 18) | pairOf(second, third), 0x9e3779b1) >>> 12
}

function setBit(bits: Uint8Array, bit: number): void {
  bits[bit >> 3] = (bits[bit >> 3] as number) | (1 << (bit & 7))
}

function hasBit(bits: Uint8Array, bit: number): boolean {
  return (((bits[bit >> 3] as number) >> (bit & 7)) & 1) === 1
}
