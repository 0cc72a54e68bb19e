import fc from 'fast-check'
import { foldText } from './fold/folding-rule.js'
import { soundMarks } from './fold/width.js'
import { buildMatcher, type Lexicon, type LexiconEntry, type Variants } from './index.js'
import { foldingRules, rulesOf } from './variants.js'
import { barredBeside, isFree } from './word-edges.js'

const lexiconOf = (entries: readonly LexiconEntry[]): Lexicon => ({ name: 'list', version: '1', sha256: '', entries })
const anyText = fc.string({
  unit: fc.oneof(
    fc.nat(0xffff).map((unit) => String.fromCharCode(unit)),
    fc.constantFrom(...'abAB风筝ｶﾞガ\u200b\ud83d\ude00'.split('')),
  ),
  maxLength: 80,
})

/** Few characters, so that random words and texts meet often. */
const units = ['a', 'A', 'ａ', 'b', 'Ｂ', '风', '筝', 'ガ', 'ｶ', 'カ', 'ﾞ', '\u200b', '\ufe0f', ' ', '😀', '\ud83d', '1']
const denseText = fc.string({ unit: fc.constantFrom(...units), maxLength: 30 })
const visible = (word: string) => foldText(word, foldingRules).length > 0
const anyEntry: fc.Arbitrary<LexiconEntry> = fc.record({
  word: fc.string({ unit: fc.constantFrom(...units), minLength: 1, maxLength: 4 }).filter(visible),
  category: fc.constantFrom('SPAM', 'FRAUD'),
  severity: fc.nat(100),
  match: fc.constantFrom('auto', 'anywhere', 'word'),
  variants: fc.constantFrom<Variants>('all', [], ['case'], ['width'], ['width', 'case']),
})

/** The same rules the slow way: every stretch of whole characters is folded and compared. */
function findSlowly(entries: readonly LexiconEntry[], text: string): string[] {
  return entries
    .flatMap((entry, rank) => findEntry(entry, Array.from(text)).map(([start, end]) => `${rank} ${start} ${end}`))
    .sort()
}

function findEntry(entry: LexiconEntry, characters: readonly string[]): [start: number, end: number][] {
  const shown = characters.flatMap((character, index) => (visible(character) ? [index] : []))
  const hits: [start: number, end: number][] = []
  for (const [first, from] of shown.entries()) {
    for (let last = first; last < shown.length; last++) {
      const neighbours = [shown[first - 1], shown[last + 1]].map((index) => characters[index ?? -1])
      const [start, end] = withEnds(entry.word, characters, [from, (shown[last] ?? 0) + 1])
      const slice = characters.slice(start, end).join('')
      const at = characters.slice(0, start).join('').length
      if (at < (hits.at(-1)?.[1] ?? 0) || !isWord(entry, slice) || !mayStand(entry, neighbours)) continue
      hits.push([at, at + slice.length])
    }
  }
  return hits
}

/** Widened by the invisible characters at the ends of the word, where they stand in the text. */
function withEnds(word: string, characters: readonly string[], [from, to]: [number, number]): [number, number] {
  const [head = '', tail = ''] = [/^\p{DI}*/u, /\p{DI}*$/u].map((pattern) => pattern.exec(word)?.[0])
  const start = characters.slice(0, from).join('').endsWith(head) ? from - Array.from(head).length : from
  return [start, characters.slice(to).join('').startsWith(tail) ? to + Array.from(tail).length : to]
}

function isWord({ word, variants }: LexiconEntry, slice: string): boolean {
  return foldText(slice, rulesOf(variants)).join() === foldText(word, rulesOf(variants)).join()
}

function mayStand({ word, match, variants }: LexiconEntry, [before, after]: readonly (string | undefined)[]): boolean {
  const edges = Array.from(word).filter(visible)
  const code = (character: string | undefined) => character?.codePointAt(0)
  const free = [
    isFree(code(before), barredBeside(code(edges[0]) ?? 0, match)),
    isFree(code(after), barredBeside(code(edges.at(-1)) ?? 0, match)),
  ]
  const mark = after === undefined ? 0 : (foldText(after, foldingRules)[0] ?? 0)
  return free.every(Boolean) && !(soundMarks.has(mark) && rulesOf(variants).some(({ name }) => name === 'width'))
}

describe('matcher on any text', () => {
  it('finds what a slow reference finds', () => {
    let hits = 0
    fc.assert(
      fc.property(fc.array(anyEntry, { minLength: 1, maxLength: 5 }), denseText, (list, text) => {
        const entries = list.map((entry, index) => ({ ...entry, severity: index }))
        const found = buildMatcher([lexiconOf(entries)]).scan(text)
        hits += found.length
        expect(found.map(({ severity, start, end }) => `${severity} ${start} ${end}`).sort()).toEqual(
          findSlowly(entries, text),
        )
      }),
      { numRuns: 2_000 },
    )
    expect(hits).toBeGreaterThan(200)
  })

  it('never throws, and every position slices to what was matched', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { minLength: 1, maxLength: 5 }), anyText, (entries, text) => {
        for (const { start, end, matched, via, entry } of buildMatcher([lexiconOf(entries)]).scan(text)) {
          expect(end).toBeGreaterThan(start)
          expect(text.slice(start, end)).toBe(matched)
          expect(via.length === 0).toBe(matched === entry)
          expect(foldText(matched, foldingRules)).toEqual(foldText(entry, foldingRules))
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('finds a planted word in any disguise at its exact place', () => {
    const words = ['blue kite', 'Straße', '蓝色风筝', 'ガイド', 'vx风筝']
    const matcher = buildMatcher([
      lexiconOf(words.map((word) => ({ word, category: 'SPAM', severity: 50, match: 'auto', variants: 'all' }))),
    ])
    const safe = fc.string({ unit: fc.constantFrom(...Array.from('的了 ，。!?-#1234😀é\ud800')), maxLength: 30 })
    const hidden = fc.string({
      unit: fc.constantFrom('\u200b', '\u200d', '\u202e', '\ufe0f', '\u{e0020}'),
      maxLength: 2,
    })
    const disguises = fc.array(fc.tuple(fc.boolean(), fc.boolean(), hidden), { minLength: 9, maxLength: 9 })
    fc.assert(
      fc.property(fc.constantFrom(...words), disguises, safe, safe, (word, how, before, after) => {
        const planted = Array.from(word, (character, index) => {
          const [raise, widen, gap] = how[index] ?? [false, false, '']
          return (index === 0 ? '' : gap) + (widen ? toWide : String)(raise ? raiseCase(character) : character)
        }).join('')
        const text = `${before} ${planted} ${after}`
        expect(matcher.scan(text).map(({ entry, start, end, matched }) => ({ entry, start, end, matched }))).toEqual([
          { entry: word, start: before.length + 1, end: before.length + 1 + planted.length, matched: planted },
        ])
      }),
      { numRuns: 500 },
    )
  })

  it('takes time in proportion to the text, whatever stands in it', () => {
    const words = ['a', 'aa', 'aaaaaaaaab', 'ab', 'ガガ'].map((word): LexiconEntry => ({
      word,
      category: 'SPAM',
      severity: 5,
      match: 'anywhere',
      variants: 'all',
    }))
    const matcher = buildMatcher([lexiconOf(words)])
    for (const unit of ['a', 'ab', '\u200b', 'a\u200b', 'ガ', 'ｶﾞ', '\ud800']) {
      const fastest = (length: number) =>
        Math.min(
          ...Array.from({ length: 3 }, () => timeOf(() => matcher.scan(`a${unit.repeat(length / unit.length)}b`))),
        )
      fastest(1_000)
      // 16 times the text: 16 times the time when linear, 256 times when quadratic.
      expect(fastest(16_000)).toBeLessThan(64 * fastest(1_000) + 20)
    }
  })
})

function timeOf(work: () => unknown): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

function raiseCase(character: string): string {
  return character === 'ß' ? 'ẞ' : character.toUpperCase()
}

function toWide(character: string): string {
  if (character === 'ガ') return 'ｶﾞ'
  if (character === 'イ') return 'ｲ'
  if (character === 'ド') return 'ﾄﾞ'
  if (character === ' ') return '　'
  return /[!-~]/.test(character) ? String.fromCharCode(character.charCodeAt(0) + 0xfee0) : character
}
