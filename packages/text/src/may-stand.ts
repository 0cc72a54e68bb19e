import { EXPANDS, SKIP } from './character-classes.js'
import { wordUnits } from './read-text.js'

/** A word as a search finds it. */
export interface SearchedWord {
  /** Its classes without repeats, and how often each stands there in a row. */
  readonly classes: readonly number[]
  readonly runs: readonly number[]
  /** Whether a letter or digit before it makes it another word. */
  readonly isWhole: boolean
}

/** A text as classes of its UTF-16 units. */
interface Classed {
  readonly text: string
  readonly table: Uint16Array
}

const missing = -1
const unknown = -2
/** A longer run is not looked through: a hostile text must not be walked over and over. */
const longestRun = 32

/**
 * False when a word cannot stand where a search found its classes: a letter is there too seldom, or the word goes on to the
 * left. `end` is the place after its last unit. Most of what a search finds ends here, before the text is taken apart.
 */
export function mayStand({ classes, runs, isWhole }: SearchedWord, ground: Classed, end: number): boolean {
  let [from, to] = [end, end]
  for (let index = classes.length - 1; index >= 0; index -= 1) {
    to = from
    from = passRun(ground, to, classes[index] as number, runs[index] as number)
    if (from < 0) return from === unknown
  }
  return !isWhole || isFreeBefore(ground.text, from, to)
}

/** Where a run of a class that ends before `to` begins, with what is skipped in it and before it. */
function passRun({ text, table }: Classed, to: number, wanted: number, atLeast: number): number {
  let [at, count] = [to, 0]
  for (; at > 0; at -= 1) {
    const unit = text.charCodeAt(at - 1)
    const cls = table[unit] as number
    // What a character of two units is only both halves tell.
    if (cls === EXPANDS || unit >>> 10 === 0x37 || to - at === longestRun) return unknown
    if (cls === wanted) count += 1
    else if (cls !== SKIP) break
  }
  return count < atLeast ? missing : at
}

/** A word may begin anywhere in the run of its first letter: at the run's begin, or behind what is no letter in it. */
function isFreeBefore(text: string, from: number, to: number): boolean {
  for (let at = from - 1; at < to; at += 1) if (wordUnits[text.charCodeAt(at)] !== 1) return true
  return false
}
