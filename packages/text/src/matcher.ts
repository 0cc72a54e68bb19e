import type { TextMatch } from '@streamkeeper/contracts'
import { buildAutomaton, step, type Automaton } from './automaton.js'
import { CharacterClasses, EXPANDS, OTHER, SKIPPED } from './character-classes.js'
import { dropAllowed } from './drop-allowed.js'
import type { Lexicon } from './lexicon.js'
import { explainMatch, makePattern, settle, type Pattern, type Span } from './pattern.js'
import { codePointBefore, unitsOf } from './read-code-points.js'

export interface Matcher {
  /**
   * Every place where an entry stands in the text, by start, the longer first. Positions are UTF-16 units of the text as
   * given, end exclusive; `matched` is that slice; `via` names the variants without which it would not be the word.
   * An entry's own hits do not overlap (the leftmost counts); hits of different entries may. Takes any string, in time
   * linear in its length.
   */
  scan(text: string): TextMatch[]
}

interface Hit extends Span {
  readonly pattern: Pattern
  /** Position of the entry over all lexicons: the order of hits at the same place. */
  readonly rank: number
}

/** Makes one automaton of all entries of the lexicons. Throws RangeError when a word has no visible character. */
export function buildMatcher(lexicons: readonly Lexicon[]): Matcher {
  const patterns = lexicons.flatMap((lexicon) => lexicon.entries.map((entry) => makePattern(entry, lexicon)))
  const classes = new CharacterClasses(patterns.map((pattern) => pattern.folded))
  const words = patterns.map(({ folded }) => folded.map((symbol) => classes.classOfFolded(symbol)))
  return new AutomatonMatcher(patterns, classes, buildAutomaton(words, classes.count))
}

class AutomatonMatcher implements Matcher {
  constructor(
    private readonly patterns: readonly Pattern[],
    private readonly classes: CharacterClasses,
    private readonly automaton: Automaton,
  ) {}

  scan(text: string): TextMatch[] {
    const hits: Hit[] = []
    const { table } = this.classes
    const { output } = this.automaton
    let state = 0
    for (let at = 0; at < text.length;) {
      let codePoint = text.charCodeAt(at)
      if (codePoint >= 0xd800 && codePoint < 0xdc00) codePoint = text.codePointAt(at) as number
      at += codePoint > 0xffff ? 2 : 1
      const cls = table[codePoint] as number
      if (cls === SKIPPED) continue
      if (cls === OTHER) state = 0
      else state = cls === EXPANDS ? this.expand(state, codePoint) : step(this.automaton, state, cls)
      if (output[state] !== 0) this.collect(hits, text, { state, end: at })
    }
    return hits.length === 0 ? [] : report(hits, text)
  }

  private expand(from: number, codePoint: number): number {
    return this.classes.expansionOf(codePoint).reduce((state, cls) => step(this.automaton, state, cls), from)
  }

  private collect(hits: Hit[], text: string, { state, end }: { state: number; end: number }): void {
    const { output, fail, firstWord, nextWord } = this.automaton
    for (let at = output[state] as number; at !== 0; at = output[fail[at] as number] as number) {
      for (let rank = firstWord[at] as number; rank !== -1; rank = nextWord[rank] as number) {
        const pattern = this.patterns[rank] as Pattern
        const start = this.startOf(text, end, pattern.folded.length)
        const span = start === undefined ? undefined : settle(pattern, text, { start, end })
        if (span !== undefined) hits.push({ ...span, pattern, rank })
      }
    }
  }

  /** Walks back over `length` folded characters; undefined when the first one would be a part of a character. */
  private startOf(text: string, end: number, length: number): number | undefined {
    let at = end
    let left = length
    while (left > 0) {
      const codePoint = codePointBefore(text, at) as number
      at -= unitsOf(codePoint)
      left -= this.classes.lengthOf(codePoint)
    }
    return left === 0 ? at : undefined
  }
}

function report(hits: readonly Hit[], text: string): TextMatch[] {
  const sorted = hits.toSorted((a, b) => a.start - b.start || b.end - a.end || a.rank - b.rank)
  const ends = new Map<number, number>()
  const apart = sorted.filter(({ pattern, rank, start, end }) => {
    if (pattern.entry.category === 'allow') return true
    if (start < (ends.get(rank) ?? 0)) return false
    ends.set(rank, end)
    return true
  })
  return dropAllowed(apart, ({ pattern }) => pattern.entry.category === 'allow').map((hit) => describe(hit, text))
}

function describe({ pattern, start, end }: Hit, text: string): TextMatch {
  const matched = text.slice(start, end)
  const { word, category, severity } = pattern.entry
  return {
    entry: word,
    category,
    severity,
    start,
    end,
    matched,
    via: explainMatch(pattern, matched),
    lexicon: pattern.lexicon,
  }
}
