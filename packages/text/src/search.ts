import type { Reading, Terms } from './align-word.js'
import { ANY_END, EDGE_END, buildAutomaton } from './automaton.js'
import type { Steps } from './by-steps.js'
import { CharacterClasses } from './character-classes.js'
import { findHit, type Found } from './find-hit.js'
import { plainView, toneView, type View } from './fold/view.js'
import { mayStand, type SearchedWord } from './may-stand.js'
import { hasTone, type Pattern } from './pattern.js'
import { makeSpelling, readSpelled, readText, type Candidates, type Machine, type Spelling } from './read-text.js'
import { SoundGate } from './sound-gate.js'
import { tokenise } from './tokens.js'

/** A place where a pattern stands. */
export interface Hit extends Found {
  readonly pattern: Pattern
  readonly reading: Reading
}

interface Ground {
  readonly text: string
  readonly view: View
  readonly hits: Hit[]
  /** Hanzi are read as the letters that they are spelled with. */
  readonly isSpelled: boolean
}

/** How entries are found by their sound. */
interface Hearing {
  readonly gate: SoundGate
  readonly views: readonly View[]
}

/** Once more with digits as digits, where an entry has one of its own that would be read as a tone. */
function hearingOf(spelled: readonly Pattern[]): Hearing {
  return { gate: new SoundGate(spelled), views: spelled.some(hasTone) ? [toneView(), plainView()] : [toneView()] }
}

/** Patterns as one automaton over families. What it finds is checked character by character. */
export class Search {
  private readonly tables = new Map<View, Uint16Array>()
  private spelling: Spelling | undefined

  private constructor(
    /** By word of the automaton. */
    private readonly patterns: readonly Pattern[],
    private readonly words: readonly SearchedWord[],
    private readonly machine: Machine,
    private readonly hearing: Hearing | undefined,
  ) {}

  static *build(patterns: readonly Pattern[], view: View): Steps<Search> {
    const searches = patterns.flatMap((pattern) => pattern.searches.map((searched) => ({ pattern, ...searched })))
    const classes = new CharacterClasses(searches.map(({ families }) => families))
    yield
    const words = searches.map(({ pattern, families, runs }) => ({
      classes: families.map((family) => classes.classOf(family)),
      runs,
      isWhole: pattern.barredBefore === 'spaced',
    }))
    const own = searches.map(({ pattern }) => pattern)
    const ends = (word: number): number => (own[word]?.barredAfter === 'spaced' ? EDGE_END : ANY_END)
    const sequences = words.map((word) => word.classes)
    const machine = { classes, automaton: yield* buildAutomaton(sequences, classes.count, ends) }
    yield
    const spelled = patterns.filter(({ kind }) => kind === 'spelled')
    const search = new Search(own, words, machine, spelled.length === 0 ? undefined : hearingOf(spelled))
    search.tableOf(view)
    return search
  }

  /** Hits in the text as the view reads it. */
  find(text: string, view: View, hits: Hit[]): void {
    const candidates = readText(text, this.machine, view, this.tableOf(view))
    this.settle(candidates, { text, view, hits, isSpelled: false })
  }

  /** Hits of entries that stand there by their sound: every hanzi is read as the letters that it is spelled with. */
  findSpelled(text: string, hits: Hit[]): void {
    if (this.hearing === undefined || !this.hearing.gate.isOpen(text)) return
    this.spelling ??= makeSpelling(this.machine.classes)
    for (const view of this.hearing.views) {
      const candidates = readSpelled(text, this.machine, this.spelling, { view, table: this.tableOf(view) })
      this.settle(candidates, { text, view, hits, isSpelled: true })
    }
  }

  private tableOf(view: View): Uint16Array {
    const made = this.tables.get(view) ?? this.machine.classes.tableOf(view)
    this.tables.set(view, made)
    return made
  }

  private settle(candidates: Candidates, ground: Ground): void {
    if (candidates.length === 0) return
    const place = new Place(ground, this.tableOf(ground.view))
    for (let index = 0; index < candidates.length; index += 2) {
      this.checkAll(candidates[index + 1] as number, candidates[index] as number, place)
    }
  }

  /** Checks every pattern that may end in a state. */
  private checkAll(state: number, end: number, place: Place): void {
    const { output, fail, firstWord, nextWord } = this.machine.automaton
    for (let at = output[state] as number; at !== 0; at = output[fail[at] as number] as number) {
      for (let word = firstWord[at] as number; word !== -1; word = nextWord[word] as number) {
        place.check(this.patterns[word] as Pattern, this.words[word] as SearchedWord, end)
      }
    }
  }
}

/** A text in which candidates are checked, from left to right. It is taken apart when the first one needs it. */
class Place {
  private reading: Reading | undefined
  private last = 0
  /** Where the text is free again after the last hit of a pattern. */
  private readonly freeFrom = new Map<Pattern, number>()

  constructor(
    private readonly ground: Ground,
    private readonly table: Uint16Array,
  ) {}

  check(pattern: Pattern, word: SearchedWord, end: number): void {
    const { text, isSpelled } = this.ground
    if (isSpelled && pattern.kind !== 'spelled') return
    // A hanzi that is spelled has other classes than the table's.
    if (pattern.kind === 'word' && !mayStand(word, { text, table: this.table }, end)) return
    this.judge(pattern, end)
  }

  private judge(pattern: Pattern, end: number): void {
    const { text, view, hits } = this.ground
    const reading = (this.reading ??= { text, tokens: tokenise(text, view), view })
    while ((reading.tokens[this.last + 1]?.start ?? end) < end) this.last += 1
    const terms: Terms = { allowed: pattern.allowed, from: this.freeFrom.get(pattern) ?? 0 }
    const found = findHit(pattern, reading, this.last, terms)
    if (found === null) return
    // Allowed phrases all count, also where they overlap.
    this.freeFrom.set(pattern, pattern.entry.category === 'allow' ? found.start + 1 : found.end)
    hits.push({ start: found.start, end: found.end, core: found.core, needed: () => found.needed(), pattern, reading })
  }
}
