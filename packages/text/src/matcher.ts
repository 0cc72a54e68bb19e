import type { TextMatch } from '@streamkeeper/contracts'
import { dropAllowed } from './drop-allowed.js'
import { boundary } from './fold/kinds.js'
import { rareSigns as signLetters } from './fold/leet.js'
import { flagView, literalView, partedView, plainView, signView, strokes, strokeView } from './fold/view.js'
import { finish, finishAside, type Steps } from './by-steps.js'
import type { Lexicon, LexiconEntry } from './lexicon.js'
import { isSplitDisguise, visibleFrom } from './judge-split.js'
import { makePatterns, type Pattern, type Span } from './pattern.js'
import { Search, type Hit } from './search.js'
import { namesOf } from './variants.js'

export interface Matcher {
  /**
   * Every place where an entry stands in the text, by start, the longer first. Positions are UTF-16 units of the text as
   * given, end exclusive; `matched` is that slice; `via` names the variants without which it would not be the word.
   * An entry's own hits do not overlap (the leftmost counts); hits of different entries may. Takes any string, in time
   * linear in its length. `more`: hits of expressions in the same text; allowed phrases outrank them too, and theirs all others.
   */
  scan(text: string, more?: readonly TextMatch[]): TextMatch[]
  /**
   * Entries that begin in the messages before (oldest first, of one account) and end in this one. Position and `matched`
   * are those of the piece in this text; `via` holds `split`.
   */
  scanAfter(before: readonly string[], text: string): TextMatch[]
}

/** No word is longer: further back nothing can begin. */
const longestTail = 400
/** Signs that may be letters, those that are read as letters and may be none, strokes, and the half that flags begin with. */
const rare = String.fromCodePoint(...signLetters)
const anySign = new RegExp(`[@$${rare}\ud83c${strokes.join('')}]`)
const commonSigns = /[@$]/
const anyStroke = new RegExp(`[${strokes.join('')}]`)
const flag = /(?:\ud83c[\udde6-\uddff]){2}/
/** Beside a letter, whatever nobody sees between, or with the same sign on both sides: c-@-s-!-n-o. */
const [letter, sign, unseen] = [
  '[\\p{L}\\p{N}@$]',
  `[${rare}]`,
  '[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]*',
]
const rareSigns = new RegExp(`${letter}${unseen}${sign}|${sign}${unseen}${letter}|([-._*~/])${sign}\\1`, 'u')

/** Makes one search of all entries of the lexicons. Throws RangeError when a word has no visible character. */
export function buildMatcher(lexicons: readonly Lexicon[]): Matcher {
  return finish(build(lexicons))
}

/** The same with pauses, for who has other things to do meanwhile: no step takes more than some tens of milliseconds. */
export function buildMatcherAside(lexicons: readonly Lexicon[], pause: () => Promise<unknown>): Promise<Matcher> {
  return finishAside(build(lexicons), pause)
}

/** So many entries are made ready between two rests. */
const entriesAStep = 500

function* build(lexicons: readonly Lexicon[]): Steps<Matcher> {
  const entries = lexicons.flatMap((lexicon) => lexicon.entries.map((entry) => ({ entry, lexicon })))
  const ranks = new Map<LexiconEntry, number>()
  const patterns: Pattern[] = []
  for (const [rank, { entry, lexicon }] of entries.entries()) {
    ranks.set(entry, rank)
    patterns.push(...makePatterns(entry, lexicon))
    if (rank % entriesAStep === entriesAStep - 1) yield
  }
  const isOfSigns = (pattern: Pattern): boolean => pattern.searchedIn === literalView
  const others = patterns.filter(isOfSigns)
  const words = yield* Search.build(
    patterns.filter((pattern) => !isOfSigns(pattern)),
    plainView(),
  )
  const ofSigns = others.length === 0 ? undefined : yield* Search.build(others, literalView())
  return new AutomatonMatcher(words, ofSigns, ({ entry }) => ranks.get(entry) ?? 0)
}

class AutomatonMatcher implements Matcher {
  constructor(
    private readonly words: Search,
    private readonly ofSigns: Search | undefined,
    private readonly rankOf: (pattern: Pattern) => number,
  ) {}

  scan(text: string, more: readonly TextMatch[] = []): TextMatch[] {
    const hits = this.findAll(text)
    if (hits.length + more.length === 0) return []
    const own = this.apart(hits)
    if (own.some(isAllowed) || more.some(({ category }) => category === 'allow')) return withoutAllowed(own, more)
    const found = own.map((hit) => describe(hit, hit))
    return more.length === 0 ? found : [...found, ...more].toSorted(byPlace)
  }

  scanAfter(before: readonly string[], text: string): TextMatch[] {
    if (before.length === 0 || text === '') return []
    const joined = [...before.map((one) => one.slice(-longestTail)), text].join(boundary)
    const offset = joined.length - text.length
    const across = this.findAll(joined).filter((hit) => hit.start < offset && hit.end > offset)
    return this.report(across.filter((hit) => isSplitDisguise(hit))).map((hit) => {
      const piece = { start: visibleFrom(hit, offset), end: hit.end }
      const found = describe(hit, piece)
      return { ...found, start: piece.start - offset, end: piece.end - offset }
    })
  }

  private findAll(text: string): Hit[] {
    const hits: Hit[] = []
    this.words.find(text, plainView(), hits)
    if (anySign.test(text)) {
      if (rareSigns.test(text)) this.words.find(text, signView(), hits)
      if (commonSigns.test(text)) this.words.find(text, partedView(), hits)
      if (anyStroke.test(text)) this.words.find(text, strokeView(), hits)
      if (flag.test(text)) this.words.find(text, flagView(), hits)
    }
    this.words.findSpelled(text, hits)
    this.ofSigns?.find(text, literalView(), hits)
    return hits
  }

  private report(hits: readonly Hit[]): Hit[] {
    const found = this.apart(hits).map((hit) => ({ ...coreOf(hit), hit }))
    const left = dropAllowed(found.toSorted(byPlace), ({ hit }) => isAllowed(hit))
    return left.map(({ hit }) => hit).toSorted(byPlace)
  }

  /** By place; of an entry's own hits that overlap the leftmost. */
  private apart(hits: readonly Hit[]): Hit[] {
    const rank = ({ pattern }: Hit): number => this.rankOf(pattern)
    const sorted = hits.toSorted((a, b) => byPlace(a, b) || rank(a) - rank(b))
    const ends = new Map<number, number>()
    return sorted.filter((hit) => {
      if (isAllowed(hit)) return true
      if (hit.start < (ends.get(rank(hit)) ?? 0)) return false
      ends.set(rank(hit), hit.end)
      return true
    })
  }
}

function withoutAllowed(hits: readonly Hit[], more: readonly TextMatch[]): TextMatch[] {
  const own = hits.map((hit) => ({ ...coreOf(hit), isAllowed: isAllowed(hit), tell: () => describe(hit, hit) }))
  const others = more.map((match) => ({ ...spanOf(match), isAllowed: match.category === 'allow', tell: () => match }))
  const left = dropAllowed([...own, ...others].toSorted(byPlace), (one) => one.isAllowed)
  return left.map(({ tell }) => tell()).toSorted(byPlace)
}

/** What an allowed phrase must cover of a hit: repeats around it say nothing more. */
function coreOf(hit: Hit): Span {
  return spanOf(isAllowed(hit) ? hit : hit.core)
}

function isAllowed({ pattern }: Hit): boolean {
  return pattern.entry.category === 'allow'
}

function spanOf({ start, end }: Span): Span {
  return { start, end }
}

/** By start, the longer first. */
function byPlace(a: Span, b: Span): number {
  return a.start - b.start || b.end - a.end
}

function describe(hit: Hit, { start, end }: { start: number; end: number }): TextMatch {
  const { pattern, reading } = hit
  const { word, category, severity } = pattern.entry
  return {
    entry: word,
    category,
    severity,
    start,
    end,
    matched: reading.text.slice(start, end),
    via: namesOf(hit.needed()),
    lexicon: pattern.lexicon,
  }
}
