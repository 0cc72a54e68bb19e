import fc from 'fast-check'
import { findHit } from './find-hit.js'
import { letterCase } from './fold/letter-case.js'
import { literalView, partedView, plainView, signView, toneView } from './fold/view.js'
import { width } from './fold/width.js'
import { buildMatcher, type Lexicon, type LexiconEntry, type Variants } from './index.js'
import { makePatterns, type Pattern } from './pattern.js'
import { tokenise } from './tokens.js'
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
const units = Array.from('aAаａ4@bＢ8eé3o0il1!风風疯筝争ガｶカﾞ\u200b\ufe0f\u0301 -，😀fengzh').concat(
  '\ud83d',
  'ﬀ',
  'feng',
  'zheng',
)

const words = ['ab', 'abe', 'beo', 'oil', '风筝', '风风筝', 'a b', 'ab风', '😀', 'a!', 'off']
const denseUnit = fc.oneof(fc.constantFrom(...units), fc.constantFrom(...words), fc.constantFrom(' ', '-'))
const variants = fc.constantFrom<Variants>(
  'all',
  'all',
  [],
  ['case'],
  ['width'],
  ['leet', 'case'],
  ['separator', 'emoji'],
  ['repeat'],
  ['pinyin'],
)
const anyEntry: fc.Arbitrary<LexiconEntry> = fc.record({
  word: fc.oneof(fc.string({ unit: fc.constantFrom(...units), minLength: 1, maxLength: 4 }), fc.constantFrom(...words)),
  category: fc.constantFrom('SPAM', 'FRAUD'),
  severity: fc.nat(100),
  match: fc.constantFrom('auto', 'anywhere', 'word'),
  variants,
})
const readable = anyEntry.filter((entry) => {
  try {
    return makePatterns(entry, lexiconOf([])).length > 0
  } catch {
    // Nobody could see the word: refused, and tested elsewhere.
    return false
  }
})

/** Entries, and a text in which their own words stand among other things: else most of it would be about nothing. */
function listAndText(entry: fc.Arbitrary<LexiconEntry>, unit: fc.Arbitrary<string>) {
  return fc.array(entry, { minLength: 1, maxLength: 5 }).chain((list) => {
    const own = fc.constantFrom(...list.map(({ word }) => word))
    const parts = fc.array(fc.oneof({ weight: 4, arbitrary: unit }, { weight: 1, arbitrary: own }), { maxLength: 25 })
    return fc.tuple(
      fc.constant(list),
      parts.map((all) => all.join('')),
    )
  })
}

/** The same checks without the search: every pattern is tried at the end of every token of every view. */
function findSlowly(entries: readonly LexiconEntry[], text: string): string[] {
  return entries
    .flatMap((entry, rank) => {
      const spans = makePatterns(entry, lexiconOf([])).flatMap((pattern) => trySlowly(pattern, text))
      const sorted = spans.sort((a, b) => a.start - b.start || b.end - a.end)
      let free = 0
      const apart = sorted.filter(({ start, end }) => start >= free && (free = end) > 0)
      return apart.map(({ start, end }) => `${rank} ${start} ${end}`)
    })
    .sort()
}

function trySlowly(pattern: Pattern, text: string) {
  const plain = [plainView(), signView(), partedView()]
  const views =
    pattern.searchedIn === literalView ? [literalView()] : pattern.kind === 'spelled' ? [...plain, toneView()] : plain
  return views.flatMap((view) => {
    const reading = { text, tokens: tokenise(text, view), view }
    let from = 0
    return reading.tokens.flatMap((_, last) => {
      const span = findHit(pattern, reading, last, { allowed: pattern.allowed, from })
      from = span?.end ?? from
      return span === null ? [] : [span]
    })
  })
}

/** Words and texts of letters, and what the plainest variants allow, so that the rules can be written down a second time. */
const plainUnits = ['a', 'A', 'ａ', 'b', 'Ｂ', '风', '筝', 'ガ', 'ｶ', 'カ', 'ﾞ', ' ', '😀', '\ud83d', '1']
const plainEntry: fc.Arbitrary<LexiconEntry> = fc.record({
  word: fc.string({
    unit: fc.constantFrom('a', 'A', 'ａ', 'b', '风', '筝', 'ガ', 'ｶ', '1'),
    minLength: 1,
    maxLength: 4,
  }),
  category: fc.constantFrom('SPAM', 'FRAUD'),
  severity: fc.nat(100),
  match: fc.constantFrom('auto', 'anywhere', 'word'),
  variants: fc.constantFrom<Variants>([], ['case'], ['width'], ['width', 'case']),
})

/** The same rules the slow way, without a line of the matcher: every stretch of characters is folded and compared. */
function findPlainly(entries: readonly LexiconEntry[], text: string): string[] {
  const characters = Array.from(text)
  return entries.flatMap((entry, rank) => findStretches(entry, characters).map((place) => `${rank} ${place}`)).sort()
}

function findStretches(entry: LexiconEntry, characters: readonly string[]): string[] {
  const hits: [start: number, end: number][] = []
  for (let from = 0; from < characters.length; from += 1) {
    for (let to = from + 1; to <= characters.length; to += 1) {
      const [start, end] = [characters.slice(0, from).join('').length, characters.slice(0, to).join('').length]
      const slice = characters.slice(from, to).join('')
      if (start < (hits.at(-1)?.[1] ?? 0) || !isPlainly(entry, slice)) continue
      if (mayStand(entry, characters[from - 1], characters[to])) hits.push([start, end])
    }
  }
  return hits.map(([start, end]) => `${start} ${end}`)
}

function isPlainly({ word, variants }: LexiconEntry, slice: string): boolean {
  const fold = (text: string): string =>
    Array.from(text, (character) => character.codePointAt(0) ?? 0)
      .flatMap((each) => (variants.includes('width') ? (width.get(each) ?? [each]) : [each]))
      .flatMap((each) => (variants.includes('case') ? (letterCase.get(each) ?? [each]) : [each]))
      .join()
  return fold(slice) === fold(word)
}

function mayStand({ word, match, variants }: LexiconEntry, before?: string, after?: string): boolean {
  const code = (character: string | undefined): number | undefined => character?.codePointAt(0)
  const edges = Array.from(word)
  const isMark = variants.includes('width') && (after === 'ﾞ' || after === '\u3099')
  return (
    !isMark &&
    isFree(code(before), barredBeside(code(edges[0]) ?? 0, match)) &&
    isFree(code(after), barredBeside(code(edges.at(-1)) ?? 0, match))
  )
}

describe('matcher on any text', () => {
  it('finds what a slow reference finds, where the variants are plain', () => {
    let hits = 0
    fc.assert(
      fc.property(listAndText(plainEntry, fc.constantFrom(...plainUnits)), ([list, text]) => {
        const entries = list.map((entry, index) => ({ ...entry, severity: index }))
        const found = buildMatcher([lexiconOf(entries)]).scan(text)
        hits += found.length
        expect(found.map(({ severity, start, end }) => `${severity} ${start} ${end}`).sort()).toEqual(
          findPlainly(entries, text),
        )
      }),
      { numRuns: 2_000 },
    )
    expect(hits).toBeGreaterThan(1_000)
  })

  it('misses nothing that trying every entry at every place would find', () => {
    let hits = 0
    fc.assert(
      fc.property(listAndText(readable, denseUnit), ([list, text]) => {
        const entries = list.map((entry, index) => ({ ...entry, severity: index }))
        const found = buildMatcher([lexiconOf(entries)]).scan(text)
        hits += found.length
        expect(found.map(({ severity, start, end }) => `${severity} ${start} ${end}`).sort()).toEqual(
          findSlowly(entries, text),
        )
      }),
      { numRuns: 2_000 },
    )
    expect(hits).toBeGreaterThan(1_000)
  })

  it('never throws, and every position slices to what was matched', () => {
    fc.assert(
      fc.property(fc.array(readable, { minLength: 1, maxLength: 5 }), anyText, anyText, (entries, before, text) => {
        const matcher = buildMatcher([lexiconOf(entries)])
        for (const { start, end, matched, via, entry } of matcher.scan(text)) {
          expect(end).toBeGreaterThan(start)
          expect(text.slice(start, end)).toBe(matched)
          if (matched === entry) expect(via).toEqual([])
          // Nothing was seen through where a letter and its mark are one code point here and two there.
          else if (via.length === 0) expect(matched.normalize('NFC')).toBe(entry.normalize('NFC'))
        }
        for (const { start, end, matched, via } of matcher.scanAfter([before], text)) {
          expect(end).toBeGreaterThan(start)
          expect(text.slice(start, end)).toBe(matched)
          expect(via).toContain('split')
        }
      }),
      {
        numRuns: 200,
        examples: [
          [
            [{ word: '风\u0301', category: 'SPAM', severity: 0, match: 'auto', variants: 'all' }],
            '',
            '风 风\u0301 风\u0302',
          ],
        ],
      },
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
        const found = matcher.scan(text).map(({ entry, start, end, matched }) => ({ entry, start, end, matched }))
        expect(found).toEqual([
          { entry: word, start: before.length + 1, end: before.length + 1 + planted.length, matched: planted },
        ])
      }),
      { numRuns: 500 },
    )
  })

  it('takes time in proportion to the text, whatever stands in it', () => {
    const words = ['a', 'aa', 'aaaaaaaaab', 'ab', 'ガガ', 'ilil', '风筝', 'a b a b'].map((word): LexiconEntry => ({
      word,
      category: 'SPAM',
      severity: 5,
      match: 'anywhere',
      variants: 'all',
    }))
    const matcher = buildMatcher([lexiconOf(words)])
    for (const unit of [
      'a',
      'ab',
      '\u200b',
      'a\u200b',
      'ガ',
      'ｶﾞ',
      '\ud800',
      'a-',
      'aA',
      'i1l',
      '风，',
      '筝',
      ' .',
      'a\u0301',
      '!',
    ]) {
      const fastest = (length: number) =>
        Math.min(
          ...Array.from({ length: 5 }, () => timeOf(() => matcher.scan(`a${unit.repeat(length / unit.length)}b`))),
        )
      fastest(1_000)
      // 16 times the text: 16 times the time when linear, 256 times when quadratic.
      expect(fastest(16_000)).toBeLessThan(64 * fastest(1_000) + 20)
    }
  })
})

/** Of the processor, in milliseconds: what else runs on the machine must not count. */
function timeOf(work: () => unknown): number {
  const start = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1_000
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
