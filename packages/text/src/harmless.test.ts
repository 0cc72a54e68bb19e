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

describe('sentences and pieces', () => {
  it.each([
    ['kill yourself', 'kill. Yourself you must trust'],
    ['free kites', 'I am free. Kites of the channel'],
    ['nude', 'nu de marque'],
    ['nazi', 'na zi wei dou shu'],
    ['god', 'goood evening'],
    ['tit', 'when using C++. It is'],
    ['ass', 'K as `${x}`'],
    ['casino', 'seat C4, 51N, 0'],
    ['ak47', 'AK 4, 7 and 9'],
    ['sex', '"id": "53XXXXXX-b2XX"'],
    ['蓝色去飞', '蓝色去！飞机到了'],
  ])('hold no %s: %j', (word, text) => {
    expect(find(word, text)).toEqual([])
  })

  it.each([
    ['kill yourself', 'kill-yourself', 'kill-yourself'],
    ['blue kite', 'blue . kite', 'blue . kite'],
    ['nude', 'n u d e', 'n u d e'],
    ['porn', 'po rn', 'po rn'],
    ['porn', 'po,rn', 'po,rn'],
    ['casino', 'c, a, s, i, n, o', 'c, a, s, i, n, o'],
    ['god', 'goddd', 'goddd'],
    ['ass', 'assss', 'assss'],
    ['sex', '5eXXXX', '5eXXXX'],
    ['蓝色去飞', '蓝色去！飞吧', '蓝色去！飞'],
  ])('hold %s all the same: %j', (word, text, matched) => {
    expect(find(word, text)).toEqual([matched])
  })
})

describe('hanzi and letters of one sound', () => {
  it.each([
    ['大麻', '你的房子大吗'],
    ['大麻', '这个好大嘛'],
    ['买粉', '要买份保险'],
    ['约炮', '约泡温泉'],
    ['约炮', '这道题约抛物线'],
    ['网贷', '免费网袋'],
    ['大麻', '这件有大码吗'],
    ['大麻', '他大骂中国队'],
    ['六合彩', '六盒彩笔'],
    ['大麻', '气得破口大骂起来'],
    ['主播去死', '主播去四楼'],
    ['毒品', 'Auguste Dupin solves the crime'],
    ['网贷', 'Wang Dai is my friend'],
    ['冰毒', 'Bing, du hast mich'],
    ['脑残', "nao can't be"],
  ])('are no %s in %j', (word, text) => {
    expect(find(word, text)).toEqual([])
  })

  it.each([
    ['大麻', '卖达麻的', '达麻'],
    ['约炮', '有约泡的吗', '约泡'],
    ['约炮', '约泡加我', '约泡'],
    ['主播去死', '主播去四吧', '主播去四'],
    ['毒品', 'Dupin', 'Dupin'],
    ['毒品', 'buy dupin here', 'dupin'],
    ['毒品', '卖 Dupin now', 'Dupin'],
    ['冰毒', 'bing-du', 'bing-du'],
    ['脑残', "'naocan'", 'naocan'],
  ])('are %s in %j', (word, text, matched) => {
    expect(find(word, text)).toEqual([matched])
  })
})
