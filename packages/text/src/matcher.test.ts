import { buildMatcher, type Category, type LexiconEntry, type MatchMode, type Variants } from './index.js'

interface Options {
  match?: MatchMode
  variants?: Variants
  category?: Category
}

const entry = (word: string, { match = 'auto', variants = 'all', category = 'SPAM' }: Options = {}): LexiconEntry => ({
  word,
  category,
  severity: 50,
  match,
  variants,
})
const matcherOf = (...entries: LexiconEntry[]) => buildMatcher([{ name: 'list', version: '1', sha256: '', entries }])
const find = (word: string, text: string, options?: Options) =>
  matcherOf(entry(word, options))
    .scan(text)
    .map(({ matched, start, via }) => [matched, start, via.join('+')])

describe('matcher', () => {
  it.each<[what: string, word: string, text: string, found: [string, number, string][]]>([
    ['the word itself', 'blue kite', 'a blue kite!', [['blue kite', 2, '']]],
    ['another case', 'VX', 'vx', [['vx', 0, 'case']]],
    ['full width', 'VX', 'ＶＸ', [['ＶＸ', 0, 'width']]],
    ['full width and another case', 'VX', '😀ｖｘ', [['ｖｘ', 2, 'width+case']]],
    ['an ideographic space', 'blue kite', 'blue　kite', [['blue　kite', 0, 'width']]],
    ['a zero-width joiner inside', '风筝', '大风\u200d筝', [['风\u200d筝', 1, 'invisible']]],
    ['a mark that the entry has and the text has not', '风\u0301筝', '风筝', [['风筝', 0, 'mark']]],
    ['a mark that both have', '风\u0301筝', '风\u0301筝', [['风\u0301筝', 0, '']]],
    ['bidi marks inside', 'kite', 'k\u202ei\u2066te', [['k\u202ei\u2066te', 0, 'invisible']]],
    ['invisible characters around stay outside', 'kite', '\u200bkite\u200b', [['kite', 1, '']]],
    ['an invisible joint does not part a word', 'kite', 'sky\u200bkite', []],
    ['an emoji with VS16 in the text', '❤', 'I ❤\ufe0f it', [['❤', 2, '']]],
    [
      'an emoji with VS16 in the list',
      '❤\ufe0f',
      '❤ ❤\ufe0f',
      [
        ['❤', 0, 'invisible'],
        ['❤\ufe0f', 2, ''],
      ],
    ],
    ['an emoji beyond the first plane', '🪁', '🪁a', [['🪁', 0, '']]],
    ['a ligature', 'off', 'oﬀ', [['oﬀ', 0, 'compatibility']]],
    ['not a part of a ligature', 'of', 'oﬀ', []],
    ['Turkish dotted capital I', 'kite', 'KİTE', [['KİTE', 0, 'case+mark']]],
    ['Turkish dotless i', 'kite', 'kıte', [['kıte', 0, 'confusable']]],
    ['sharp s and its capital', 'straße', 'STRAẞE', [['STRAẞE', 0, 'case']]],
    ['sharp s is no ss', 'straße', 'STRASSE', []],
    ['final sigma', 'ΟΔΟΣ', 'οδος', [['οδος', 0, 'case']]],
    ['the Kelvin sign', 'kite', '\u212aite', [['\u212aite', 0, 'case']]],
    ['half-width katakana with sound marks', 'ガイド', 'ｶﾞｲﾄﾞ', [['ｶﾞｲﾄﾞ', 0, 'width']]],
    ['katakana in parts', 'ガイド', 'カ\u3099イト\u3099', [['カ\u3099イト\u3099', 0, 'width']]],
    ['not a kana whose sound mark follows', 'カ', 'ｶﾞ', []],
    ['not a part of a voiced kana', 'カ', 'ガ', []],
    ['not the sound mark of a kana alone', '\u3099', 'ガ', []],
    ['a Latin word beside Chinese', 'kite', '放kite去', [['kite', 1, '']]],
    ['not within a word', 'kite', 'kites skite kite5', []],
    ['a mark at its end', 'kite', 'kite\u0301', [['kite\u0301', 0, 'mark']]],
    ['beside punctuation', 'kite', '"kite"', [['kite', 1, '']]],
    [
      'Chinese anywhere',
      '风筝',
      'a风筝b大风筝',
      [
        ['风筝', 1, ''],
        ['风筝', 5, ''],
      ],
    ],
    ['Thai anywhere', 'ว่าว', 'เล่นว่าวกัน', [['ว่าว', 4, '']]],
    ['a mixed word at its Latin edge', '加vx', '加vxy 加vx', [['加vx', 5, '']]],
    [
      'the leftmost of its own overlaps',
      '哈哈',
      '哈哈哈哈哈',
      [
        ['哈哈', 0, ''],
        ['哈哈', 2, ''],
      ],
    ],
    ['nothing in an empty text', 'kite', '', []],
    ['beside a lone surrogate', 'kite', '\ud83dkite\ude00', [['kite', 1, '']]],
  ])('%s', (_, word, text, found) => {
    expect(find(word, text)).toEqual(found)
  })

  it('takes none as literal, case and invisible characters included', () => {
    const variants: Variants = []
    expect(find('VX', 'vx ＶＸ V\u200bX VX', { variants })).toEqual([['VX', 10, '']])
    expect(find('V\u200bX', 'VX V\u200bX', { variants })).toEqual([['V\u200bX', 3, '']])
    expect(find('\u200bVX\ufe0f', 'VX \u200bVX\ufe0f \u200bVX', { variants })).toEqual([['\u200bVX\ufe0f', 3, '']])
    expect(find('ガ', 'ｶﾞガ', { variants })).toEqual([['ガ', 2, '']])
  })
  it('takes only the variants that are listed, and invisible characters with all alone', () => {
    expect(find('VX', 'vx ＶＸ V\u200bX ｖｘ', { variants: ['case'] })).toEqual([['vx', 0, 'case']])
    expect(find('VX', 'vx ＶＸ V\u200bX ｖｘ', { variants: ['width'] })).toEqual([['ＶＸ', 3, 'width']])
    expect(find('VX', 'vx ＶＸ V\u200bX', { variants: ['pinyin', 'leet'] })).toEqual([])
    expect(find('kite', 'KİTE kıte kite\u0301 ki\u0301te oﬀ', { variants: ['case'] })).toEqual([])
  })
  it('takes anywhere and word as they say', () => {
    expect(find('kite', 'skites', { match: 'anywhere' })).toEqual([['kite', 1, '']])
    expect(find('风筝', '大风筝 风筝', { match: 'word' })).toEqual([['风筝', 4, '']])
  })
  it('reports nested and overlapping hits of different entries, by start and the longer first', () => {
    const matcher = matcherOf(entry('风筝'), entry('蓝色风筝'), entry('筝线'), entry('风筝', { category: 'FRAUD' }))
    const found = matcher.scan('蓝色风筝线').map(({ entry, start, category }) => [entry, start, category])
    expect(found).toEqual([
      ['蓝色风筝', 0, 'SPAM'],
      ['风筝', 2, 'SPAM'],
      ['风筝', 2, 'FRAUD'],
      ['筝线', 3, 'SPAM'],
    ])
  })
  it('names the lexicon that an entry came from', () => {
    const lists = ['one', 'two'].map((name) => ({ name, version: name, sha256: '', entries: [entry('kite')] }))
    const found = buildMatcher(lists).scan('kite')
    expect(found.map(({ lexicon }) => lexicon)).toEqual([
      { name: 'one', version: 'one' },
      { name: 'two', version: 'two' },
    ])
  })
  it('lets an allowed phrase outrank the hits wholly inside it, and no others', () => {
    const matcher = matcherOf(entry('灯笼'), entry('纸灯'), entry('灯笼节', { category: 'allow' }))
    const found = (text: string) => matcher.scan(text).map(({ entry, start }) => [entry, start])
    expect(found('灯笼节')).toEqual([])
    expect(found('灯笼')).toEqual([['灯笼', 0]])
    expect(found('纸灯笼节灯笼')).toEqual([
      ['纸灯', 0],
      ['灯笼', 4],
    ])
  })
  it('lets overlapping occurrences of an allowed phrase all count', () => {
    const matcher = matcherOf(entry('哈哈', { category: 'allow' }), entry('哈'))
    expect(matcher.scan('哈哈哈')).toEqual([])
  })
  it('finds nothing without entries and refuses a word that nobody can see', () => {
    expect(matcherOf().scan('kite')).toEqual([])
    expect(() => matcherOf(entry('\u200b'))).toThrow(RangeError)
  })
})
