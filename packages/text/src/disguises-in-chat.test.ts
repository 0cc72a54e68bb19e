import { buildMatcher, type LexiconEntry, type MatchMode } from './index.js'

const listed = (word: string, match: MatchMode = 'auto'): LexiconEntry => ({
  word,
  category: 'SPAM',
  severity: 50,
  match,
  variants: 'all',
})
const find = (word: string, text: string, match?: MatchMode) =>
  buildMatcher([{ name: 'list', version: '1', sha256: '', entries: [listed(word, match)] }])
    .scan(text)
    .map(({ start, end, via }) => [start, end, via.join('+')])

type Hit = [word: string, text: string, start: number, end: number, via: string]
type Harmless = [word: string, text: string]

describe('a sign of a sentence within a Chinese word', () => {
  it.each<Hit>([
    ['加微信', '快加.微信吧', 1, 5, 'separator'],
    ['加微信', '快加微.信吧', 1, 5, 'separator'],
    ['加微信', '快加、微信吧', 1, 5, 'separator'],
    ['加微信', '快加：微信吧', 1, 5, 'separator'],
    ['灯笼', '灯.笼开卖', 0, 3, 'separator'],
    ['灯笼', '买灯;笼吗', 1, 4, 'separator'],
    ['灯笼', '灯。笼', 0, 3, 'separator'],
  ])('is seen through: %s in %j', (word, text, start, end, via) => {
    expect(find(word, text)).toEqual([[start, end, via]])
  })
  it.each<Harmless>([
    ['灯笼', '点了灯。笼里有鸟'],
    ['灯笼', '点一盏灯. 笼里有鸟'],
    ['海洛因', '海洛.因为'],
    ['上床', '在楼上.床好软'],
    ['加微信', '东西要多加，微信上说'],
  ])('parts what it ends: no %s in %j', (word, text) => {
    expect(find(word, text)).toEqual([])
  })
})

describe('letters of one stroke', () => {
  it.each<Hit>([
    ['magnet', 'MАGNET', 0, 6, 'case+confusable'],
    ['cabin', 'CABІN', 0, 5, 'case+confusable'],
    ['cabin', 'CΑΒΙΝ', 0, 5, 'case+confusable'],
    ['cabin', 'CABlN', 0, 5, 'case+confusable'],
    ['kill time', 'KlLL TIME', 0, 9, 'case+confusable'],
    ['velvet', 'veIvet', 0, 6, 'confusable'],
    ['kettle', 'a keττIe', 2, 8, 'confusable'],
    ['cabin', 'cabln', 0, 5, 'confusable'],
    ['sin', 'SlN', 0, 3, 'case+confusable'],
  ])('are one another: %s in %j', (word, text, start, end, via) => {
    expect(find(word, text)).toEqual([[start, end, via]])
  })
  it.each<Harmless>([
    ['lan', 'Ian is here'],
    ['lot', 'an Iot device'],
    ['aim', 'auf der Alm'],
    ['velvet', 'VEIVET'],
    ['fin', 'fln'],
    ['chili', 'just chill'],
    ['look', 'Iook'],
    ['velvet', 'weve-vet'],
    ['robin', 'r0b-ln'],
  ])('are letters of their own in short and ordinary words: no %s in %j', (word, text) => {
    expect(find(word, text)).toEqual([])
  })
  it('are looked through with look-alikes alone, and repeats stay repeats', () => {
    const entry: LexiconEntry = { ...listed('cabin'), variants: ['case', 'leet'] }
    expect(buildMatcher([{ name: 'list', version: '1', sha256: '', entries: [entry] }]).scan('CABlN')).toEqual([])
    expect(find('kill', 'killlll')).toEqual([[0, 7, 'repeat']])
  })
})

describe('a mark behind what nobody sees', () => {
  it.each<Hit>([
    ['b52', 'b5\ufe0f\u20e32\ufe0f\u20e3', 0, 7, 'mark'],
    ['kite', 'kite\u200b\u0301!', 0, 6, 'mark'],
    ['kite', 'ki\u200d\u0301\u200b\u0336te', 0, 8, 'mark'],
  ])('belongs to its letter: %s in %j', (word, text, start, end, via) => {
    expect(find(word, text)).toEqual([[start, end, via]])
  })
  it('and is no part of the word where it is none of a letter', () => {
    expect(find('kite', 'kite\u200b \u0301')).toEqual([[0, 4, '']])
    expect(find('kite', 'kites\u200b\u0301')).toEqual([])
  })
})

describe('a picture within a word', () => {
  it.each<Hit>([
    ['carpet', 'car🔥pzt carp🔥et', 9, 17, 'emoji'],
    ['cabin', 'ca🎰bi🎰n', 0, 9, 'emoji'],
    ['velvet', 'vel✈️vet me', 0, 8, 'emoji+invisible'],
    ['灯笼', '灯🇨🇳笼', 0, 6, 'emoji'],
    ['kite', 'ki🇨🇳te', 0, 8, 'emoji'],
    ['kite', '🇰🇮🇹🇪', 0, 8, 'case+compatibility'],
    ['加微信', 'jia微💚信', 0, 7, 'separator+pinyin'],
  ])('parts nothing: %s in %j', (word, text, start, end, via) => {
    expect(find(word, text)).toEqual([[start, end, via]])
  })
  it.each<Harmless>([
    ['carpet', 'my car🔥pet'],
    ['carpet', 'carp 🔥 et'],
    ['carpet', 'car😂 pet'],
    ['灯笼', '点一盏灯🇨🇳笼子'],
    ['大麻', '真大😂妈呀'],
  ])('parts words: no %s in %j', (word, text) => {
    expect(find(word, text)).toEqual([])
  })
})
