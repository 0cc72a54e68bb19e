import { spelledHanzi } from './fold/spelled-hanzi.js'
import { plainView, toneView } from './fold/view.js'
import { familyOf } from './fold/leet.js'
import type { Pattern } from './pattern.js'

const mostSyllables = 512
const pairBits = mostSyllables * mostSyllables
const tripleBits = 1 << 20
/** Letters are numbered above the syllables, a is the first behind this; the last number is the first half of what may be one. */
const firstLetter = mostSyllables
const surrogate = 0xffff
const bitsALetter = 5
const letterMask = (1 << bitsALetter) - 1
const letterBits = mostSyllables << bitsALetter
/** No syllable has more, and so many fit into a small integer. */
const mostLetters = 6
const allLetters = (1 << (bitsALetter * mostLetters)) - 1
const [firstDigit, lastDigit, firstTone, lastTone] = [0x30, 0x39, 0x31, 0x35]
const beforeLetters = 'a'.charCodeAt(0) - 1

/** What the gate remembers of a text: its last two hanzi, the letters since then, and the hanzi before those. */
interface Heard {
  one: number
  two: number
  letters: number
  hanzi: number
}

/**
 * Says of most texts, at the price of one look a character, that no entry can stand in them by its sound: no two or three hanzi
 * in a row are read as one begins, no hanzi stands beside a letter as in one that is half spelled, and no letter has a tone.
 * What is neither hanzi nor letter is passed over.
 */
export class SoundGate {
  /** Entries of two hanzi, by the numbers of their syllables. */
  private readonly whole = new Uint8Array(pairBits >> 3)
  /** Beginnings of longer ones: their first two, exact, and their first three, hashed. */
  private readonly begun = new Uint8Array(pairBits >> 3)
  private readonly triples = new Uint8Array(tripleBits >> 3)
  /** Syllables that follow one another anywhere in an entry, for those that are half spelled. */
  private readonly beside = new Uint8Array(pairBits >> 3)
  /** A letter of an entry's own and the syllable after it, and before it: for entries of hanzi and letters. */
  private readonly letterBefore = new Uint8Array(letterBits >> 3)
  private readonly letterAfter = new Uint8Array(letterBits >> 3)
  /** By the numbers of its letters, packed: the number of a syllable. */
  private readonly spelled = new Map<number, number>()
  private readonly sounds = soundsByUnit()

  constructor(patterns: readonly Pattern[]) {
    const { numbers } = spelledHanzi()
    for (const [syllable, number] of numbers) for (const form of formsOf(syllable)) this.spelled.set(pack(form), number)
    // Where two are typed alike, lu is lu; entries with lü are entered under both.
    for (const [syllable, number] of numbers) this.spelled.set(pack(syllable), number)
    for (const { syllables, characters } of patterns) {
      if (syllables.some(({ length }) => length === 0)) {
        this.enterMixed(syllables, characters)
        continue
      }
      const [firsts = [], seconds = [], thirds] = syllables.map((readings) =>
        readings.flatMap((reading) => numbers.get(reading) ?? []),
      )
      for (const first of firsts) for (const second of seconds) this.enter(first, second, thirds)
      this.enterNeighbours(syllables)
    }
  }

  private enter(first: number, second: number, thirds: readonly number[] | undefined): void {
    setBit(thirds === undefined ? this.whole : this.begun, pairOf(first, second))
    for (const third of thirds ?? []) setBit(this.triples, tripleOf(first, second, third))
  }

  /** Letters and digits of its own among the hanzi: digits are not heard, so that hanzi may be neighbours that are none in the entry. */
  private enterMixed(syllables: Pattern['syllables'], characters: Pattern['characters']): void {
    const { numbers } = spelledHanzi()
    const letters = characters.map((character, at) => (syllables[at]?.length === 0 ? ownLetter(character) : 0))
    const sounds = syllables.map((readings) => readings.flatMap((reading) => numbers.get(reading) ?? []))
    const hanzi = [...sounds.entries()].filter(([, own]) => own.length > 0)
    // One hanzi alone is not looked for by its sound.
    if (hanzi.length < 2) return
    this.enterNeighbours(hanzi.map(([at]) => syllables[at] ?? []))
    for (const [order, [at, own]] of hanzi.entries()) {
      for (const one of own) {
        for (const next of hanzi[order + 1]?.[1] ?? []) setBit(this.whole, pairOf(one, next))
        for (const letter of letters.slice(0, at)) setBit(this.letterBefore, letterPairOf(letter, one))
        for (const letter of letters.slice(at + 1)) setBit(this.letterAfter, letterPairOf(letter, one))
      }
    }
  }

  private enterNeighbours(syllables: Pattern['syllables']): void {
    const typed = syllables.map((readings) =>
      readings.flatMap((reading) => formsOf(reading).flatMap((form) => this.spelled.get(pack(form)) ?? [])),
    )
    for (const [index, nexts] of typed.slice(1).entries()) {
      for (const one of typed[index] ?? []) for (const next of nexts) setBit(this.beside, pairOf(one, next))
    }
  }

  /** False when no entry can stand in the text by its sound. */
  isOpen(text: string): boolean {
    const heard: Heard = { one: 0, two: 0, letters: 0, hanzi: 0 }
    let toneAt = -1
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at)
      const sound = this.soundOf(text, at, unit)
      if (sound === 0) {
        if (at === toneAt && isTone(unit)) return true
      } else if (sound < firstLetter) {
        if (this.hearHanzi(heard, sound)) return true
      } else {
        if (this.hearLetter(heard, sound - firstLetter)) return true
        toneAt = at + 1
      }
    }
    return false
  }

  private hearHanzi(heard: Heard, sound: number): boolean {
    const { one, two, letters } = heard
    heard.one = two
    heard.two = sound
    heard.letters = 0
    if (letters === 0) return this.isBeginning(one, two, sound)
    return hasBit(this.letterBefore, letterPairOf(letters & letterMask, sound)) || this.endsBefore(letters, sound)
  }

  private hearLetter(heard: Heard, letter: number): boolean {
    if (heard.letters === 0) {
      heard.hanzi = heard.two
      if (hasBit(this.letterAfter, letterPairOf(letter, heard.two))) return true
    }
    heard.letters = ((heard.letters << bitsALetter) | letter) & allLetters
    heard.one = heard.two = 0
    return heard.hanzi !== 0 && hasBit(this.beside, pairOf(heard.hanzi, this.spelled.get(heard.letters) ?? 0))
  }

  /** A syllable's number, a letter's above `firstLetter`, or 0. */
  private soundOf(text: string, at: number, unit: number): number {
    const sound = this.sounds[unit] as number
    return sound === surrogate ? letterOf(text.codePointAt(at) ?? 0) : sound
  }

  /** Whether the last of the letters are a syllable that some entry has before this one. */
  private endsBefore(letters: number, next: number): boolean {
    for (let count = 1; count <= mostLetters; count += 1) {
      const syllable = this.spelled.get(letters & ((1 << (bitsALetter * count)) - 1))
      if (syllable !== undefined && hasBit(this.beside, pairOf(syllable, next))) return true
    }
    return false
  }

  private isBeginning(one: number, two: number, three: number): boolean {
    if (hasBit(this.whole, pairOf(two, three))) return true
    return hasBit(this.begun, pairOf(one, two)) && hasBit(this.triples, tripleOf(one, two, three))
  }
}

/** ü is typed as v, and by many as u. */
function formsOf(syllable: string): string[] {
  return syllable.includes('v') ? [syllable, syllable.replace('v', 'u')] : [syllable]
}

/** Letters by the families that they are searched by. */
function pack(letters: string): number {
  return Array.from(letters).reduce(
    (packed, letter) => (packed << bitsALetter) | (familyOf(letter.charCodeAt(0)) - beforeLetters),
    0,
  )
}

let soundsOfUnits: Uint16Array | undefined

/** Letters are those that the second reading takes: wide ones and look-alikes too, but no digits. */
function soundsByUnit(): Uint16Array {
  soundsOfUnits ??= spelledHanzi().syllables.map((syllable, unit) => {
    if (syllable !== 0) return syllable
    if (unit >= 0xd800 && unit < 0xdc00) return surrogate
    return unit >= firstDigit && unit <= lastDigit ? 0 : letterOf(unit)
  })
  return soundsOfUnits
}

/** The number of the family of an entry's letter, 0 for what is not heard. */
function ownLetter({ codePoint, part }: Pattern['characters'][number]): number {
  // A wide digit is heard as the letter that it looks like.
  const { families, expansions } = plainView()
  const family = expansions.get(codePoint)?.[part] ?? families[codePoint] ?? 0
  return numberOf(family)
}

/** From 1 to 26 for families of letters, 0 for others. */
function numberOf(family: number): number {
  const number = family - beforeLetters
  return number >= 1 && number <= 26 ? number : 0
}

/** The number of a letter's family above `firstLetter`, 0 for what is none. */
function letterOf(codePoint: number): number {
  const number = numberOf(toneView().families[codePoint] ?? 0)
  return number === 0 ? 0 : firstLetter + number
}

function isTone(unit: number): boolean {
  return unit >= firstTone && unit <= lastTone
}

function pairOf(first: number, second: number): number {
  return first * mostSyllables + second
}

function letterPairOf(letter: number, syllable: number): number {
  return letter * mostSyllables + syllable
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
