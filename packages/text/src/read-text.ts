import { step, type Automaton } from './automaton.js'
import { EXPANDS, OTHER, SKIP, type CharacterClasses } from './character-classes.js'
import { longestSyllable, spelledHanzi } from './fold/spelled-hanzi.js'
import { SKIPPED, type View } from './fold/view.js'

/** Ends of what may be hits: a position in the text (exclusive) and a state of the automaton, by turns. */
export type Candidates = readonly number[]

/** What a state means to who reads a text: no word ends there, or words that need a free edge after them, or others too. */
const NO_END = 0
export const EDGE_END = 1
export const ANY_END = 2

/** The tables that a text is read by. */
export interface Machine {
  readonly automaton: Automaton
  readonly classes: CharacterClasses
  /** By state: NO_END, EDGE_END or ANY_END. */
  readonly ends: Uint8Array
}

type Table = Uint16Array
const none: Candidates = []

/** By UTF-16 unit: 1 for letters and digits of ASCII, which leave no word free that ends before them. */
const wordUnits = Uint8Array.from({ length: 0x10000 }, (_, unit) =>
  /^[0-9A-Za-z]$/.test(String.fromCharCode(unit)) ? 1 : 0,
)

/** Reads a text as a view does, repeats of one class as one; `table` is the view's. */
export function readText(text: string, machine: Machine, view: View, table: Table): Candidates {
  const { ends, automaton } = machine
  let candidates: number[] | undefined
  let [state, before] = [0, OTHER]
  for (let at = 0; at < text.length; at += 1) {
    const cls = table[text.charCodeAt(at)] as number
    if (cls === SKIP) continue
    if (cls === EXPANDS) {
      const rare = readRare(machine, text.codePointAt(at) as number, { view, state, before })
      if (rare.isLong) at += 1
      state = rare.state
      before = rare.before
    } else if (cls !== before) {
      state = step(automaton, state, cls)
      before = cls
    }
    if (mayEnd(ends[state] as number, text, at + 1)) (candidates ??= []).push(at + 1, state)
  }
  return candidates ?? none
}

/** Most candidates end in the middle of a longer word. */
function mayEnd(end: number, text: string, after: number): boolean {
  return end !== NO_END && (end === ANY_END || wordUnits[text.charCodeAt(after)] !== 1)
}

interface Rare {
  readonly state: number
  readonly before: number
  /** Two units of UTF-16. */
  readonly isLong: boolean
}

/** A character of two units, or one that stands for several. */
function readRare(machine: Machine, codePoint: number, from: { view: View; state: number; before: number }): Rare {
  const families = from.view.expansions.get(codePoint) ?? [from.view.families[codePoint] ?? SKIPPED]
  let { state, before } = from
  for (const family of families) {
    if (family < 0) continue
    const cls = machine.classes.classOf(family)
    if (cls !== before) state = step(machine.automaton, state, cls)
    before = cls
  }
  return { state, before, isLong: codePoint > 0xffff }
}

/** How a machine spells hanzi. */
export interface Spelling {
  /** By UTF-16 unit the number of its syllable, 0 for none. */
  readonly syllables: Uint16Array
  /** By syllable the classes of its letters, with SKIP after the last. */
  readonly letters: Uint16Array
  /** By syllable the class of its last letter. */
  readonly lasts: Uint16Array
}

export function makeSpelling(classes: CharacterClasses): Spelling {
  const { syllables, letters } = spelledHanzi()
  const own = new Uint16Array(letters.length * longestSyllable).fill(SKIP)
  const lasts = new Uint16Array(letters.length)
  for (const [syllable, families] of letters.entries()) {
    for (const [index, family] of families.entries()) {
      own[syllable * longestSyllable + index] = lasts[syllable] = classes.classOf(family)
    }
  }
  return { syllables, letters: own, lasts }
}

/** The same with every hanzi as the letters that it is spelled with. */
export function readSpelled(text: string, { automaton, ends }: Machine, spelling: Spelling, table: Table): Candidates {
  const { syllables, letters, lasts } = spelling
  let candidates: number[] | undefined
  let [state, before] = [0, OTHER]
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    const syllable = syllables[unit] as number
    const cls = syllable === 0 ? (table[unit] as number) : (lasts[syllable] as number)
    if (showsNothing(cls, text, at)) continue
    if (syllable !== 0) state = spellOne(automaton, letters, { syllable, state, before })
    // A rare character has no place in what is spelled.
    else if (cls === EXPANDS) state = 0
    else if (cls !== before) state = step(automaton, state, cls)
    before = cls
    if (ends[state] !== NO_END) (candidates ??= []).push(at + 1, state)
  }
  return candidates ?? none
}

/** Half a character of two units shows no more than a sign does, and parts a word as little. */
function showsNothing(cls: number, text: string, at: number): boolean {
  return cls === SKIP || (cls === EXPANDS && (text.codePointAt(at) ?? 0) >>> 11 === 0x1b)
}

function spellOne(
  automaton: Automaton,
  letters: Uint16Array,
  from: { readonly syllable: number; readonly state: number; readonly before: number },
): number {
  let { state, before } = from
  for (let letter = from.syllable * longestSyllable; letters[letter] !== SKIP; letter += 1) {
    const cls = letters[letter] as number
    if (cls !== before) state = step(automaton, state, cls)
    before = cls
  }
  return state
}
