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

describe('strokes of hanzi', () => {
  it.each<Hit>([
    ['蓝色风筝', '看蓝丨色丨风丨筝', 1, 8, 'separator'],
    ['风筝', '买风丶筝', 1, 4, 'separator'],
    ['kite', 'k丨i丨t丨e', 0, 7, 'separator'],
  ])('part what they stand in as signs do: %s in %j', (word, text, start, end, via) => {
    expect(find(word, text)).toEqual([[start, end, via]])
  })
  it('part words too, and are themselves in an entry', () => {
    expect(find('上床', '在楼上丨床好软')).toEqual([])
    expect(find('丨王', '丨王来了')).toEqual([[0, 2, '']])
  })
})

describe('signs of letters that stand one by one', () => {
  it.each<Hit>([
    ['cabin', 'c-@-b-!-n', 0, 9, 'leet+separator'],
    ['whistle', 'w.h.!.$.+.1.e', 0, 13, 'leet+separator'],
  ])('are the letters: %s in %j', (word, text, start, end, via) => {
    expect(find(word, text)).toEqual([[start, end, via]])
  })
})

describe('old and rare forms of a hanzi, and radicals', () => {
  it.each<Hit>([
    ['冰糖', '买氷糖吗', 1, 3, 'traditional'],
    ['草莓', '艹莓', 0, 2, 'traditional'],
    ['草莓', '⾋莓', 0, 2, 'traditional+compatibility'],
    ['广场', '廣塲', 0, 2, 'traditional'],
    ['骑马', '骑⻢', 0, 2, 'confusable'],
    ['灯泡', '灯⽕', 0, 0, ''],
  ])('are this: %s in %j', (word, text, start, end, via) => {
    expect(find(word, text)).toEqual(end === 0 ? [] : [[start, end, via]])
  })
  it('leave alone who has a use of its own', () => {
    expect(find('二奶', '第二妳好')).toEqual([])
    expect(find('二奶', '二妳')).toEqual([])
  })
})

describe('a selector of how a character is drawn', () => {
  it.each<Hit>([
    ['kite', 'k\ud83c\udd78te\ufe0f!', 0, 6, 'case+invisible+compatibility'],
    ['kio', 'ki\ud83c\udd7e\ufe0f', 0, 5, 'case+invisible+compatibility'],
    ['灯笼', '灯笼\u{e0101}', 0, 4, 'invisible'],
  ])('belongs to it at the end too: %s in %j', (word, text, start, end, via) => {
    expect(find(word, text)).toEqual([[start, end, via]])
  })
  it('stays outside where nothing invisible is looked through, and behind something else', () => {
    const entry: LexiconEntry = { ...listed('kite'), variants: ['case'] }
    const found = buildMatcher([{ name: 'list', version: '1', sha256: '', entries: [entry] }]).scan('Kite\ufe0f')
    expect(found.map(({ start, end }) => [start, end])).toEqual([[0, 4]])
    expect(find('kite', 'kite\u200b\ufe0f')).toEqual([[0, 4, '']])
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

describe('repeats', () => {
  it.each<Hit>([
    ['蓝色风筝', '看蓝蓝色色风风筝筝', 1, 9, 'repeat'],
    ['加微信', '加加加微微信啊', 0, 6, 'repeat'],
    ['kite', 'kitttteee', 0, 9, 'repeat'],
  ])('belong to the hit from the first to the last: %s in %j', (word, text, start, end, via) => {
    expect(find(word, text)).toEqual([[start, end, via]])
  })
  it.each<Hit>([
    ['风筝', '风风筝筝', 0, 4, 'repeat'],
    ['风筝', '快看风风风筝', 2, 6, 'repeat'],
    ['风筝', '风筝筝筝好看', 0, 4, 'repeat'],
    ['风筝', '风風筝', 0, 3, 'repeat+traditional'],
    ['风筝', '疯疯筝', 0, 3, 'repeat+sound'],
    ['kite', 'kkkite', 0, 6, 'repeat'],
    ['seat', '$$$eat', 0, 6, 'leet+repeat'],
  ])('do so too where the word stands among them as it is: %s in %j', (word, text, start, end, via) => {
    expect(find(word, text)).toEqual([[start, end, via]])
  })
  it('of either case count where a word may stand anywhere', () => {
    expect(find('kite', 'mykiteEEE', 'anywhere')).toEqual([[2, 9, 'case+repeat']])
    expect(find('kite', 'kiteees', 'anywhere')).toEqual([[0, 6, 'repeat']])
  })
  it('stay outside where repeats are not looked through, and behind a gap', () => {
    const entry: LexiconEntry = { ...listed('风筝'), variants: ['case', 'separator'] }
    const found = buildMatcher([{ name: 'list', version: '1', sha256: '', entries: [entry] }]).scan('风风筝筝')
    expect(found.map(({ start, end, via }) => [start, end, via])).toEqual([[1, 3, []]])
    expect(find('风筝', '风 风筝 筝')).toEqual([[2, 4, '']])
  })
  it('need not lie in the allowed phrase that the word lies in', () => {
    const phrase: LexiconEntry = { ...listed('水果糖'), category: 'allow', variants: [] }
    const lists = [{ name: 'list', version: '1', sha256: '', entries: [listed('水果'), phrase] }]
    expect(buildMatcher(lists).scan('吃水水果糖')).toEqual([])
    expect(
      buildMatcher(lists)
        .scan('吃水果果糖')
        .map(({ start, end }) => [start, end]),
    ).toEqual([[1, 4]])
  })
  it('stay within one hit', () => {
    expect(find('アキカ', 'アキキカカ\u3099')).toEqual([[0, 4, 'repeat']])
    expect(find('加微信', '加微微信信加微微信')).toEqual([
      [0, 5, 'repeat'],
      [5, 9, 'repeat'],
    ])
  })
})

describe('signs around and above letters', () => {
  it.each<Hit>([
    ['kite', 'k҉i҉t҉e҉', 0, 8, 'mark'],
    ['kite', 'ki҈te', 0, 5, 'mark'],
    ['灯笼', '灯҉笼', 0, 3, 'mark'],
    ['kite', 'k\u0483ite', 0, 5, 'mark'],
    ['b365', 'b❸❻❺', 0, 4, 'compatibility'],
    ['b365', 'b⓷⓺⓹', 0, 4, 'compatibility'],
    ['b365', 'b➂➅➄', 0, 4, 'compatibility'],
    ['b365', 'b➌➏➎', 0, 4, 'compatibility'],
    ['b120', 'b⓵⓶⓿', 0, 4, 'compatibility'],
    ['b12', 'b⓬', 0, 2, 'compatibility'],
    ['b20', 'b⓴', 0, 2, 'compatibility'],
  ])('leave them what they are: %s in %j', (word, text, start, end, via) => {
    expect(find(word, text)).toEqual([[start, end, via]])
  })
  it('are looked through with all alone', () => {
    const entry: LexiconEntry = { ...listed('b3'), variants: ['leet', 'confusable', 'width'] }
    expect(buildMatcher([{ name: 'list', version: '1', sha256: '', entries: [entry] }]).scan('b❸ b҉3')).toEqual([])
  })
})

describe('letters that are drawn like Latin ones', () => {
  it.each<Hit>([
    ['magnet', 'my ᴍᴀɢɴᴇᴛ', 3, 9, 'confusable'],
    ['lantern', 'ʟᴀɴᴛᴇʀɴ', 0, 7, 'confusable'],
    ['bandit', 'ᗷᗩᑎᗪIT', 0, 6, 'case+confusable'],
    ['copper', 'ⲥⲟⲣⲣⲉⲅ', 0, 6, 'confusable'],
    ['cabin', 'ꮯꭺꮟꮖn', 0, 5, 'confusable'],
    ['kettle', 'kettl℮', 0, 6, 'confusable'],
    ['fact', 'ƒact', 0, 4, 'confusable'],
  ])('are these: %s in %j', (word, text, start, end, via) => {
    expect(find(word, text)).toEqual([[start, end, via]])
  })
  it.each<Harmless>([
    ['pan', 'ᐃᓄᒃᑎᑐᑦ ᑭᗩᑎ ᐅᖃᐅᓯᖅ'],
    ['pop', 'ⲡⲓ ⲣⲟⲣ ⲛⲧⲉ'],
  ])('are letters of their own script in its sentences: no %s in %j', (word, text) => {
    expect(find(word, text)).toEqual([])
  })
})

describe('a sign between two words that make a third', () => {
  it.each<Hit>([
    ['carpet', 'my car_pet', 3, 10, 'separator'],
    ['carpet', 'car*pet', 0, 7, 'separator'],
    ['bandit', 'band~it', 0, 7, 'separator'],
  ])('joins them where prose has none: %s in %j', (word, text, start, end, via) => {
    expect(find(word, text)).toEqual([[start, end, via]])
  })
  it.each<Harmless>([
    ['carpet', 'my car-pet'],
    ['carpet', 'car/pet'],
    ['carpet', '*car* pet'],
    ['ago', 'a_go'],
  ])('parts them where it does in prose: no %s in %j', (word, text) => {
    expect(find(word, text)).toEqual([])
  })
})

describe('words that are cut by the end of a message', () => {
  const after = (word: string, before: string[], text: string) =>
    buildMatcher([{ name: 'list', version: '1', sha256: '', entries: [listed(word)] }])
      .scanAfter(before, text)
      .map(({ start, end }) => [start, end])
  it.each<[word: string, before: string[], text: string, start: number, end: number]>([
    ['cabin', ['c.a.b'], 'i.n', 0, 3],
    ['lantern', ['l a n t'], 'e r n', 0, 5],
    ['silver whistle', ['my silver'], 'whistle', 0, 7],
    ['silver whistle', ['silver'], 'whistle here', 0, 7],
    ['灯笼', ['出售灯'], '笼', 0, 1],
  ])('are seen: %s in %j, %j', (word, before, text, start, end) => {
    expect(after(word, before, text)).toEqual([[start, end]])
  })
  it.each<[word: string, before: string[], text: string]>([
    ['silver whistle', ['he is silver'], 'whistle on the stage'],
    ['man go', ['the man'], 'go home'],
    ['forget', ['this is for'], 'get'],
    ['灯笼', ['点了电灯'], '笼'],
    ['灯笼', ['买灯'], '笼子'],
  ])('and what only meets is not: no %s in %j, %j', (word, before, text) => {
    expect(after(word, before, text)).toEqual([])
  })
})
