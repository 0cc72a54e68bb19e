import { buildMatcher, variantNames, type LexiconEntry, type Variants } from './index.js'

const listed = (word: string, variants: Variants = 'all'): LexiconEntry => ({
  word,
  category: 'SPAM',
  severity: 50,
  match: 'auto',
  variants,
})
const matcherOf = (...entries: LexiconEntry[]) => buildMatcher([{ name: 'list', version: '1', sha256: '', entries }])
const find = (entry: LexiconEntry, text: string) =>
  matcherOf(entry)
    .scan(text)
    .map(({ start, end, via }) => [start, end, via.join('+')])

describe('each disguise by itself', () => {
  it.each<[word: string, text: string, start: number, end: number, via: string]>([
    ['kite', 'k1t3', 0, 4, 'leet'],
    ['kite', 'a K!TE', 2, 6, 'case+leet'],
    ['kite', '|<ite k|te', 6, 10, 'leet'],
    ['seat', '$e@t', 0, 4, 'leet'],
    ['paper lantern', 'p@p3r 1@n+3rn', 0, 13, 'leet'],
    ['kite', 'k.i.t.e', 0, 7, 'separator'],
    ['kite', 'x k i t e x', 2, 9, 'separator'],
    ['kite', 'ki-te', 0, 5, 'separator'],
    ['kite', 'kiiiteee!', 0, 8, 'repeat'],
    ['kite', 'кіте', 0, 4, 'confusable'],
    ['kite', '𝐤𝐢𝐭𝐞', 0, 8, 'compatibility'],
    ['kite', 'ⓚⓘⓣⓔ', 0, 4, 'compatibility'],
    ['kite', '🅺🅸🆃🅴', 0, 8, 'case+compatibility'],
    ['kite', 'k̶i̶t̶e̶', 0, 8, 'mark'],
    ['kite', 'kìtë', 0, 4, 'mark'],
    ['kite', 'k😀i😀t😀e', 0, 10, 'emoji'],
    ['kite', 'k@i@t@e', 0, 7, 'separator'],
    ['blue kite', 'bluekite', 0, 8, 'separator'],
    ['blue kite', 'blue . kite', 0, 11, 'separator'],
    ['风筝', '風箏', 0, 2, 'traditional'],
    ['风筝', '看风 筝啊', 1, 4, 'separator'],
    ['风筝', '看风😀筝啊', 1, 5, 'emoji'],
    ['风筝', 'fengzheng', 0, 9, 'pinyin'],
    ['风筝', '买 Feng Zheng 吗', 2, 12, 'case+pinyin'],
    ['风筝', 'fēngzhēng', 0, 9, 'pinyin+mark'],
    ['风筝', 'feng1zheng1', 0, 11, 'pinyin'],
    ['风筝', '买风zheng啊', 1, 7, 'pinyin'],
    ['风筝', '疯筝', 0, 2, 'sound'],
    ['风筝', '买风*zheng啊', 1, 8, 'separator+pinyin'],
    ['蓝色风筝', '蓝se风*筝', 0, 6, 'separator+pinyin'],
    ['蓝色风筝', '蓝-色 风*筝', 0, 7, 'separator'],
    ['加v信', 'jiaV信', 0, 5, 'case+pinyin'],
    ['加v信', '快加vxin吧', 1, 6, 'pinyin'],
    ['加v信', '快加V芯吧', 1, 4, 'case+sound'],
    ['加v信', '加 V 芯', 0, 5, 'case+separator+sound'],
    ['QQ群', '来QQqun', 1, 6, 'pinyin'],
    ['av女优', '看av女you', 1, 7, 'pinyin'],
    ['av女优', 'av nvyou', 0, 8, 'pinyin'],
    ['av女优', 'av女忧', 0, 4, 'sound'],
    ['k8娱乐城', 'k8yulecheng', 0, 11, 'pinyin'],
    ['k8娱乐城', '玩k8娱le城', 1, 7, 'pinyin'],
    ['k8娱乐城', 'k8鱼乐城', 0, 5, 'sound'],
    ['51茶馆', '51茶guan', 0, 7, 'pinyin'],
    ['51茶馆', '５１茶管', 0, 4, 'width+sound'],
  ])('%s in %j', (word, text, start, end, via) => {
    expect(find(listed(word), text)).toEqual([[start, end, via]])
  })

  it.each([
    ['god', 'good', 'a word of its own'],
    ['look', '100k', 'a number with its unit'],
    ['cop', 'и тот сор тоже', 'a sentence of another script'],
    ['carpet', 'my car pet', 'two words'],
    ['carpet', 'my car-pet', 'two words with a hyphen'],
    ['the rapist', 'my therapist', 'another word without the space'],
    ['上床', '我在楼上 床好软', 'hanzi that go with their other neighbours'],
    ['海洛因', '海洛，因为', 'the end of a sentence'],
    ['公式', '攻势', 'another word of the same sound'],
    ['风筝', '风争取', 'a sound that belongs to the next word'],
    ['我们', 'women', 'English that could be pinyin'],
    ['ä', 'a', 'a letter without the mark that the entry has'],
    ['ass', '455', 'digits alone'],
    ['绿色', 'lvse', 'four letters of pinyin'],
    ['海洛因', '孩洛 因', 'a space in a word that only sounds alike'],
    ['18禁', '18进9', 'one hanzi that sounds alike beside a number'],
    ['18禁', '18斤大西瓜', 'one hanzi that sounds alike beside a number'],
    ['18禁', '18jin', 'one short syllable beside a number'],
    ['加v', 'jiav', 'four letters of pinyin and letters'],
    ['加v信', '家v新', 'no hanzi of it as itself'],
    ['av女优', 'nav女you', 'a letter before it'],
    ['看v麻', '快看v吗', 'a particle that sounds alike'],
  ])('leaves alone: %s in %j, %s', (word, text) => {
    expect(find(listed(word), text)).toEqual([])
  })

  it.each<[variant: Variants[number], text: string]>([
    ['width', 'ｋite'],
    ['case', 'Kite'],
    ['confusable', 'kіte'],
    ['leet', 'k1te'],
    ['separator', 'k-ite'],
    ['repeat', 'kiiite'],
    ['emoji', 'k😀i😀t😀e'],
  ])('%s can be switched on alone, and off', (variant, text) => {
    const one = variant as Exclude<Variants, 'all'>[number]
    expect(find(listed('kite', [one]), text)).toEqual([[0, text.length, one]])
    const others = (['width', 'case', 'confusable', 'leet', 'separator', 'repeat', 'emoji'] as const).filter(
      (other) => other !== one,
    )
    expect(find(listed('kite', others), text)).toEqual([])
  })

  it('traditional and pinyin likewise; same-sound, enclosed and invisible characters go with all alone', () => {
    expect(find(listed('风筝', ['traditional']), '風箏 fengzheng 疯筝')).toEqual([[0, 2, 'traditional']])
    expect(find(listed('风筝', ['pinyin']), '風箏 fengzheng 疯筝')).toEqual([[3, 12, 'pinyin']])
    expect(find(listed('kite', variantNames), 'ⓚite k\u200bite kítë')).toEqual([])
  })

  it('reads messages of one account as one', () => {
    const matcher = matcherOf(listed('蓝色风筝'), listed('风筝'), listed('kite'), listed('上床'), listed('button'))
    const after = (before: string[], text: string) =>
      matcher.scanAfter(before, text).map(({ entry, start, end }) => [entry, start, end])
    expect(after(['蓝色'], '风筝')).toEqual([['蓝色风筝', 0, 2]])
    expect(after(['我的蓝', '色', '风'], '筝好看')).toEqual([['蓝色风筝', 0, 1]])
    expect(after(['风'], ' 筝')).toEqual([['风筝', 1, 2]])
    expect(after(['卖风'], '筝买')).toEqual([['风筝', 0, 1]])
    expect(after(['卖风'], '争买')).toEqual([])
    expect(after(['卖风'], '筝买得起')).toEqual([])
    expect(after(['今天刮大风'], '筝买')).toEqual([])
    expect(after(['k', 'i', 't'], 'e')).toEqual([['kite', 0, 1]])
    expect(after(['我在楼上'], '床好软')).toEqual([])
    expect(after(['good but'], 'ton of work')).toEqual([])
    expect(after(['kite'], 'kite')).toEqual([])
    expect(after([], 'kite')).toEqual([])
  })
})
