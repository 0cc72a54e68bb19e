import type { Reading, Terms } from './align-word.js'
import { buildAutomaton, type Automaton } from './automaton.js'
import type { Steps } from './by-steps.js'
import { CharacterClasses } from './character-classes.js'
import { findHit, type Found } from './find-hit.js'
import { toneView, type View } from './fold/view.js'
import type { Pattern } from './pattern.js'
import {
  ANY_END,
  EDGE_END,
  makeSpelling,
  readSpelled,
  readText,
  type Candidates,
  type Machine,
  type Spelling,
} from './read-text.js'
import { SoundGate } from './sound-gate.js'
import { tokenise } from './tokens.js'

/** Pinyin with the digits of its tones: feng1. */
const lettersWithTones = /[a-zA-Z\u00c0-\u024f][1-5]/

/** A place where a pattern stands. */
export interface Hit extends Found {
  readonly pattern: Pattern
  readonly reading: Reading
}

interface Ground {
  readonly text: string
  readonly view: View
  readonly hits: Hit[]
  readonly isWanted: (pattern: Pattern) => boolean
}

/** Patterns as one automaton over families. What it finds is checked character by character. */
export class Search {
  private readonly tables = new Map<View, Uint16Array>()
  private spelling: Spelling | undefined

  private constructor(
    /** By word of the automaton. */
    private readonly patterns: readonly Pattern[],
    private readonly machine: Machine,
    private readonly gate: SoundGate | undefined,
  ) {}

  static *build(patterns: readonly Pattern[], view: View): Steps<Search> {
    const words = patterns.flatMap((pattern) => pattern.searches.map((families) => ({ pattern, families })))
    const classes = new CharacterClasses(words.map(({ families }) => families))
    yield
    const sequences = words.map(({ families }) => families.map((family) => classes.classOf(family)))
    const automaton = yield* buildAutomaton(sequences, classes.count)
    const own = words.map(({ pattern }) => pattern)
    const machine = { automaton, classes, ends: judgeEnds(automaton, own) }
    yield
    const spelled = patterns.filter(({ kind }) => kind === 'spelled')
    const search = new Search(own, machine, spelled.length === 0 ? undefined : new SoundGate(spelled))
    search.tableOf(view)
    return search
  }

  /** Hits in the text as the view reads it. */
  find(text: string, view: View, hits: Hit[]): void {
    const candidates = readText(text, this.machine, view, this.tableOf(view))
    this.settle(candidates, { text, view, hits, isWanted: () => true })
  }

  /** Hits of entries that stand there by their sound: every hanzi is read as the letters that it is spelled with. */
  findSpelled(text: string, hits: Hit[]): void {
    if (this.gate === undefined || !(this.gate.isOpen(text) || lettersWithTones.test(text))) return
    const view = toneView()
    this.spelling ??= makeSpelling(this.machine.classes)
    const candidates = readSpelled(text, this.machine, this.spelling, this.tableOf(view))
    this.settle(candidates, { text, view, hits, isWanted: ({ kind }) => kind === 'spelled' })
  }

  private tableOf(view: View): Uint16Array {
    const made = this.tables.get(view) ?? this.machine.classes.tableOf(view)
    this.tables.set(view, made)
    return made
  }

  private settle(candidates: Candidates, ground: Ground): void {
    if (candidates.length === 0) return
    const { text, view, isWanted } = ground
    const reading: Reading = { text, tokens: tokenise(text, view), view }
    const freeFrom = new Map<Pattern, number>()
    let last = 0
    for (let index = 0; index < candidates.length; index += 2) {
      const end = candidates[index] as number
      while ((reading.tokens[last + 1]?.start ?? end) < end) last += 1
      this.checkAll(candidates[index + 1] as number, last, { reading, hits: ground.hits, freeFrom, isWanted })
    }
  }

  /** Checks every pattern that may end in a state. */
  private checkAll(state: number, last: number, place: Place): void {
    const { output, fail, firstWord, nextWord } = this.machine.automaton
    for (let at = output[state] as number; at !== 0; at = output[fail[at] as number] as number) {
      for (let word = firstWord[at] as number; word !== -1; word = nextWord[word] as number) {
        const pattern = this.patterns[word] as Pattern
        if (place.isWanted(pattern)) check(pattern, last, place)
      }
    }
  }
}

interface Place extends Pick<Ground, 'hits' | 'isWanted'> {
  readonly reading: Reading
  /** Where the text is free again after the last hit of a pattern. */
  readonly freeFrom: Map<Pattern, number>
}

function check(pattern: Pattern, last: number, { reading, hits, freeFrom }: Place): void {
  const terms: Terms = { allowed: pattern.allowed, from: freeFrom.get(pattern) ?? 0 }
  const found = findHit(pattern, reading, last, terms)
  if (found === null) return
  // Allowed phrases all count, also where they overlap.
  freeFrom.set(pattern, pattern.entry.category === 'allow' ? found.start + 1 : found.end)
  hits.push({ start: found.start, end: found.end, needed: () => found.needed(), pattern, reading })
}

function judgeEnds({ output, fail, firstWord, nextWord }: Automaton, patterns: readonly Pattern[]): Uint8Array {
  const ends = new Uint8Array(output.length)
  for (let state = 1; state < output.length; state += 1) {
    let end = ends[output[fail[state] as number] as number] as number
    for (let word = firstWord[state] as number; word !== -1; word = nextWord[word] as number) {
      end = Math.max(end, patterns[word]?.barredAfter === 'spaced' ? EDGE_END : ANY_END)
    }
    ends[state] = end
  }
  return ends
}
