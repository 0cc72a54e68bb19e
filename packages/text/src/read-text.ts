import { ANY_END, NO_END, endOf, stateOf, step, type Automaton, type Mark } from './automaton.js'
import { EXPANDS, OTHER, SKIP, type CharacterClasses } from './character-classes.js'
import { longestSyllable, spelledHanzi } from './fold/spelled-hanzi.js'
import { SKIPPED, type View } from './fold/view.js'

/** Ends of what may be hits: a position in the text (exclusive) and a state of the automaton, by turns. */
export type Candidates = readonly number[]

/** The tables that a text is read by. */
export interface Machine {
  readonly automaton: Automaton
  readonly classes: CharacterClasses
}

type Table = Uint16Array
const none: Candidates = []

/** By UTF-16 unit: 1 for letters and digits of ASCII, which leave no word free that ends before them. */
export const wordUnits = Uint8Array.from({ length: 0x10000 }, (_, unit) =>
  /^[0-9A-Za-z]$/.test(String.fromCharCode(unit)) ? 1 : 0,
)

/** Reads a text as a view does, repeats of one class as one; `table` is the view's. */
export function readText(text: string, machine: Machine, view: View, table: Table): Candidates {
  const { automaton } = machine
  let candidates: number[] | undefined
  let [mark, before] = [0, OTHER]
  for (let at = 0; at < text.length; at += 1) {
    const cls = table[text.charCodeAt(at)] as number
    if (cls === SKIP) continue
    if (cls === EXPANDS) {
      const rare = readRare(machine, text.codePointAt(at) as number, { view, mark, before })
      if (rare.isLong) at += 1
      mark = rare.mark
      before = rare.before
    } else if (cls !== before) {
      mark = step(automaton, mark, cls, before)
      before = cls
    }
    if (mayEnd(endOf(mark), text, at + 1)) (candidates ??= []).push(at + 1, stateOf(mark))
  }
  return candidates ?? none
}

/** Most candidates end in the middle of a longer word. */
function mayEnd(end: number, text: string, after: number): boolean {
  return end !== NO_END && (end === ANY_END || wordUnits[text.charCodeAt(after)] !== 1)
}

interface Rare {
  readonly mark: Mark
  readonly before: number
  /** Two units of UTF-16. */
  readonly isLong: boolean
}

/** A character of two units, or one that stands for several. */
function readRare(machine: Machine, codePoint: number, from: { view: View; mark: Mark; before: number }): Rare {
  const families = from.view.expansions.get(codePoint) ?? [from.view.families[codePoint] ?? SKIPPED]
  let { mark, before } = from
  for (const family of families) {
    if (family < 0) continue
    const cls = machine.classes.classOf(family)
    if (cls !== before) mark = step(machine.automaton, mark, cls, before)
    before = cls
  }
  return { mark, before, isLong: codePoint > 0xffff }
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
export function readSpelled(
  text: string,
  machine: Machine,
  spelling: Spelling,
  { view, table }: { readonly view: View; readonly table: Table },
): Candidates {
  const { syllables, letters, lasts } = spelling
  const { automaton } = machine
  const candidates: number[] = []
  let [mark, before] = [0, OTHER]
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    const syllable = syllables[unit] as number
    const cls = syllable === 0 ? (table[unit] as number) : (lasts[syllable] as number)
    if (cls === SKIP) continue
    if (cls === EXPANDS) {
      const rare = readRare(machine, text.codePointAt(at) as number, { view, mark, before })
      if (rare.isLong) at += 1
      mark = rare.mark
      before = rare.before
    } else {
      if (syllable !== 0) mark = spellOne(automaton, letters, { syllable, mark, before })
      else if (cls !== before) mark = step(automaton, mark, cls, before)
      before = cls
    }
    if (endOf(mark) !== NO_END) candidates.push(at + 1, stateOf(mark))
  }
  return candidates
}

function spellOne(
  automaton: Automaton,
  letters: Uint16Array,
  from: { readonly syllable: number; readonly mark: Mark; readonly before: number },
): Mark {
  let { mark, before } = from
  for (let letter = from.syllable * longestSyllable; letters[letter] !== SKIP; letter += 1) {
    const cls = letters[letter] as number
    if (cls !== before) mark = step(automaton, mark, cls, before)
    before = cls
  }
  return mark
}
