import { buildMatcher, type LexiconEntry } from './index.js'

const listed = (word: string): LexiconEntry => ({
  word,
  category: 'SPAM',
  severity: 50,
  match: 'auto',
  variants: 'all',
})
const find = (word: string, text: string): string[] =>
  buildMatcher([{ name: 'list', version: '1', sha256: '', entries: [listed(word)] }])
    .scan(text)
    .map(({ matched }) => matched)

describe('letters that stand one by one', () => {
  it.each([
    ['ass', 'C L A S S starts now'],
    ['ass', 'P-A-S-S'],
    ['ass', 'p.a.s.s.w.o.r.d'],
    ['ass', 'w, a, s, s, d'],
    ['rape', 'a g r a p e'],
    ['meth', 'I have a m e t h o d'],
    ['sex', 'S E X T A N T'],
    ['vx', 'u-v-x-y'],
  ])('are no %s in %j', (word, text) => {
    expect(find(word, text)).toEqual([])
  })

  it.each([
    ['casino', 'p l a y c a s i n o', 'c a s i n o'],
    ['sex', 'f r e e s e x', 's e x'],
    ['sex', 'I want a s e x', 's e x'],
    ['ass', 'glass, a s s', 'a s s'],
    ['rape', 'C, r-a-p-e', 'r-a-p-e'],
    ['vx', 'my v-x', 'v-x'],
  ])('are %s in %j', (word, text, matched) => {
    expect(find(word, text)).toEqual([matched])
  })
})

describe('letters in circles and squares', () => {
  it.each([
    ['rape', 'ⓖⓡⓐⓟⓔ'],
    ['ass', '🅒🅛🅐🅢🅢'],
    ['rape', '⒢⒭⒜⒫⒠'],
    ['sex', '🇸🇪 🇽🇰'],
    ['tit', '🇹🇮🇹🇭'],
  ])('belong to a longer word: no %s in %j', (word, text) => {
    expect(find(word, text)).toEqual([])
  })

  it.each([
    ['rape', '🅖 ⓡⓐⓟⓔ', 'ⓡⓐⓟⓔ'],
    ['rape', 'rape🅰', 'rape'],
    ['kite', 'ⓚⓘⓣⓔ🇨🇳', 'ⓚⓘⓣⓔ'],
    ['风筝', '㊙风筝', '风筝'],
  ])('are no part of a word in other letters: %s in %j', (word, text, matched) => {
    expect(find(word, text)).toEqual([matched])
  })
})
