import { buildMatcher, type LexiconEntry, type Variants } from './index.js'

const listed = (word: string, variants: Variants = 'all'): LexiconEntry => ({
  word,
  category: 'SPAM',
  severity: 50,
  match: 'auto',
  variants,
})
const find = (word: string, text: string, variants?: Variants) =>
  buildMatcher([{ name: 'list', version: '1', sha256: '', entries: [listed(word, variants)] }])
    .scan(text)
    .map(({ start, end, via }) => [start, end, via.join('+')])

type Hit = [word: string, text: string, start: number, end: number, via: string]
type Harmless = [word: string, text: string]

describe('a numeral of an entry', () => {
  it.each<Hit>([
    ['六合彩', '买6合彩吗', 1, 4, 'leet'],
    ['六合彩', '６合彩', 0, 3, 'width+leet'],
    ['六合彩', '⑥合彩', 0, 3, 'leet+compatibility'],
    ['六合彩', '陆合彩', 0, 3, 'leet'],
    ['六合彩', '6.合.彩', 0, 5, 'leet+separator'],
    ['三级片', '看3级片', 1, 4, 'leet'],
    ['九五号房', '9伍号房', 0, 4, 'leet'],
    ['七三九街口', '去739街口', 1, 6, 'leet'],
    ['七三九街口', '柒叁玖街口', 0, 5, 'leet'],
  ])('may be a digit, or as documents have it: %s in %j', (word, text, start, end, via) => {
    expect(find(word, text)).toEqual([[start, end, via]])
  })
  it.each<Harmless>([
    ['六合彩', '16合彩'],
    ['六合彩', '3.6合彩'],
    ['六合彩', '比分3:6合彩'],
    ['六合彩', '¥6合彩'],
    ['六合彩', '第6合彩'],
    ['六合彩', '6、合彩'],
    ['六合彩', '大陆合彩虹'],
    ['三级片', '看了3级片段'],
    ['一夜情', '等了1夜情况不妙'],
    ['老三样四', '老三样4个'],
    ['老三样四', '老三样4.5'],
    ['小三', '小3'],
    ['二奶', '2奶'],
    ['八九', '89'],
  ])('is no number of its own, of a list or of things: no %s in %j', (word, text) => {
    expect(find(word, text)).toEqual([])
  })
  it('goes with leet', () => {
    expect(find('六合彩', '6合彩', ['leet'])).toEqual([[0, 3, 'leet']])
    expect(find('六合彩', '6合彩', ['width', 'pinyin', 'separator', 'traditional'])).toEqual([])
  })
})

describe('syllables with signs and spaces', () => {
  it.each<Hit>([
    ['蓝色风筝', 'l.a.n.s.e风筝', 0, 11, 'separator+pinyin'],
    ['蓝色风筝', '看l*a*n*s*e*风筝', 1, 13, 'separator+pinyin'],
    ['风筝', 'f.e.n.g.z.h.e.n.g', 0, 17, 'separator+pinyin'],
    ['风筝', 'F-E-N-G-Z-H-E-N-G', 0, 17, 'case+separator+pinyin'],
    ['风筝', '买f e n g z h e n g', 1, 18, 'separator+pinyin'],
    ['主播上床', '主播 上 chuang', 0, 11, 'separator+pinyin'],
    ['加微信', '加 wei信', 0, 6, 'separator+pinyin'],
    ['加微信', '加微 xin', 0, 6, 'separator+pinyin'],
  ])('are the word: %s in %j', (word, text, start, end, via) => {
    expect(find(word, text)).toEqual([[start, end, via]])
  })
  it.each<Harmless>([
    ['风筝', 'f,e,n,g,z,h,e,n,g'],
    ['风筝', 'a.f.e.n.g.z.h.e.n.g'],
    ['风筝', 'f.e.n.g.z.h.e.n.g.s'],
    ['风筝', 'f.e-n.g.z.h.e-n.g'],
    ['我们', 'w.o.m.e.n'],
    ['读书', '我 d u 书'],
    ['加微信', '加 微xin'],
    ['主播上床', '主播 上 chuan'],
  ])('are something else: no %s in %j', (word, text) => {
    expect(find(word, text)).toEqual([])
  })
  it('go with separators', () => {
    expect(find('风筝', 'f.e.n.g.z.h.e.n.g', ['pinyin'])).toEqual([])
    expect(find('风筝', 'f.e.n.g.z.h.e.n.g', ['pinyin', 'separator'])).toEqual([[0, 17, 'separator+pinyin']])
  })
})

describe('letters of pinyin that are drawn out', () => {
  it.each<Hit>([
    ['风筝', 'fengzhenggggg', 0, 13, 'repeat+pinyin'],
    ['风筝', 'feeeengzheng!', 0, 12, 'repeat+pinyin'],
    ['风筝', '买风zhenggg', 1, 9, 'repeat+pinyin'],
    ['QQ群', 'QQqun', 0, 5, 'pinyin'],
  ])('are the word: %s in %j', (word, text, start, end, via) => {
    expect(find(word, text)).toEqual([[start, end, via]])
  })
  it.each<Harmless>([
    ['我们', 'womeeeen'],
    ['大妈', 'daaaama'],
    ['风筝', 'fengzhengggs'],
    ['风筝', 'fenggzheng'],
  ])('are none by being many: no %s in %j', (word, text) => {
    expect(find(word, text)).toEqual([])
  })
  it('go with repeats', () => {
    expect(find('风筝', 'fengzhenggg', ['pinyin'])).toEqual([])
  })
})

describe('signs of money', () => {
  it.each<Hit>([
    ['casket', '₵₳$kɛt', 0, 6, 'confusable+leet'],
    ['cabin', '¢₳bin', 0, 5, 'leet'],
    ['kite', 'ki₮e', 0, 4, 'leet'],
  ])('are letters: %s in %j', (word, text, start, end, via) => {
    expect(find(word, text)).toEqual([[start, end, via]])
  })
  it.each<Harmless>([
    ['cop', '50 ¢ op'],
    ['sin', '§ in the law'],
    ['win', '₩ in Seoul'],
  ])('and signs: no %s in %j', (word, text) => {
    expect(find(word, text)).toEqual([])
  })
})

describe('a long word in two pieces', () => {
  it.each<Hit>([
    ['pineapple', 'my pine-apple', 3, 13, 'separator'],
    ['pineapple', 'pine.apple', 0, 10, 'separator'],
    ['telegram', 'tele gram', 0, 9, 'separator'],
    ['telegram', 'tele.gr.am', 0, 10, 'separator'],
    ['whatsapp', 'on whats.app', 3, 12, 'separator'],
  ])('is the word: %s in %j', (word, text, start, end, via) => {
    expect(find(word, text)).toEqual([[start, end, via]])
  })
  it.each<Harmless>([
    ['pineapple', 'a pine apple pie'],
    ['pineapple', 'pine - apple'],
    ['pineapple', 'a pine. Apple pie'],
    ['therapist', 'he is the rapist'],
    ['carpet', 'car-pet'],
    ['carpetbag', 'car-pet-bag'],
  ])('is two: no %s in %j', (word, text) => {
    expect(find(word, text)).toEqual([])
  })
})
