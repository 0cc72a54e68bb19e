import fc from 'fast-check'
import { buildMatcher, type Lexicon } from './index.js'
import { readings } from './fold/readings.js'
import { makePatterns } from './pattern.js'
import { SoundGate } from './sound-gate.js'

const lexiconOf = (words: readonly string[]): Lexicon => ({
  name: 'list',
  version: '1',
  sha256: '',
  entries: words.map((word) => ({ word, category: 'SPAM', severity: 50, match: 'auto', variants: 'all' })),
})
const gateOf = (words: readonly string[]) => {
  const lexicon = lexiconOf(words)
  return new SoundGate(lexicon.entries.flatMap((entry) => makePatterns(entry, lexicon)))
}
const hanzi = Array.from('风疯封筝争蓝兰色瑟灰回狼郎大答绿律旅女重虫行长了乐').filter(
  (one) => readings.all(one.codePointAt(0) ?? 0).length > 0,
)
const toWide = (letters: string) =>
  Array.from(letters, (letter) => String.fromCodePoint(0xfee0 + (letter.codePointAt(0) ?? 0))).join('')

/** One syllable of an entry as people write it: itself, a hanzi that sounds the same, or letters. */
const written = (own: string) => {
  const all = readings.all(own.codePointAt(0) ?? 0)
  const alike = hanzi.filter((one) => all.includes(readings.first(one.codePointAt(0) ?? 0) ?? ''))
  const letters = fc
    .constantFrom(...all)
    .chain((syllable) =>
      fc.constantFrom(
        syllable,
        syllable.replace('v', 'u'),
        syllable.toUpperCase(),
        `${syllable}3`,
        toWide(syllable),
        syllable.replaceAll('a', '𝐚').replaceAll('e', 'е'),
      ),
    )
  return fc.oneof(fc.constantFrom(own, ...alike), letters)
}
const between = fc.constantFrom('', '', ' ', '-', '\u200b', '😀', '·')
const disguised = fc.array(fc.constantFrom(...hanzi), { minLength: 2, maxLength: 5 }).chain((word) =>
  fc.record({
    word: fc.constant(word.join('')),
    syllables: fc.tuple(...word.map(written)),
    gaps: fc.array(between, { minLength: word.length, maxLength: word.length }),
    around: fc.tuple(fc.constantFrom('', 'go ', '看', '蓝 '), fc.constantFrom('', ' ok', '了', '9')),
  }),
)

/** Letters and digits among the hanzi of an entry, as themselves or in another width or case. */
const mixed = fc
  .array(fc.constantFrom(...Array.from('风筝蓝律k8Q1v')), { minLength: 3, maxLength: 5 })
  .filter((word) => word.filter((one) => hanzi.includes(one)).length > 1)
  .chain((word) =>
    fc.record({
      word: fc.constant(word.join('')),
      characters: fc.tuple(
        ...word.map((one) =>
          hanzi.includes(one) ? written(one) : fc.constantFrom(one, one.toLowerCase(), one.toUpperCase(), toWide(one)),
        ),
      ),
      gap: between,
    }),
  )

describe('the gate before the second reading', () => {
  it('is open for whatever an entry may sound like, hanzi and letters mixed', () => {
    fc.assert(
      fc.property(disguised, fc.constantFrom('', '重大', '绿旅'), ({ word, syllables, gaps, around }, other) => {
        const text = around[0] + syllables.map((one, index) => one + (gaps[index] ?? '')).join('') + around[1]
        const isInLetters = syllables.every((one) => !hanzi.includes(one))
        // What is letters alone, without a tone, is found by the first reading.
        return isInLetters || gateOf([word, other].filter(Boolean)).isOpen(text)
      }),
      { numRuns: 3_000 },
    )
  })

  it('is open for entries of hanzi and letters too', () => {
    fc.assert(
      fc.property(mixed, ({ word, characters, gap }) => {
        const isInLetters = characters.every((one) => !hanzi.includes(one))
        return isInLetters || gateOf([word]).isOpen(characters.join(gap))
      }),
      { numRuns: 3_000 },
    )
  })

  it('stays shut for texts in which an entry has nothing to stand on', () => {
    const gate = gateOf(['风筝', '大灰狼'])
    for (const text of [
      '今天天气很好',
      'lol 主播好',
      '666 gg',
      'the wind is strong',
      '狼灰大',
      '大狼',
      'zheng风',
      'feng ok 筝',
    ])
      expect([text, gate.isOpen(text)]).toEqual([text, false])
  })
})

describe('half spelled words', () => {
  it.each<[word: string, text: string, via: string]>([
    ['风筝', 'ｆｅｎｇ筝', 'width+pinyin'],
    ['风筝', '风ｚｈｅｎｇ', 'width+pinyin'],
    ['风筝', '𝐟𝐞𝐧𝐠筝', 'pinyin+compatibility'],
    ['风筝', 'fеng筝', 'confusable+pinyin'],
    ['大灰狼', '大hui2狼', 'pinyin'],
    ['绿灯', 'lu灯', 'pinyin'],
    ['绿灯', 'lv灯', 'pinyin'],
  ])('%s as %s', (word, text, via) => {
    const found = buildMatcher([lexiconOf([word])]).scan(text)
    expect(found.map(({ start, end, via: names }) => [start, end, names.join('+')])).toEqual([[0, text.length, via]])
  })
})
