import { readFileSync } from 'node:fs'
import { allowedPhrases, english, hanzi, phrases } from './entries.js'
import { Dice } from './dice.js'
import { numbersAndHanzi, piecesWithSigns } from './written-lines.js'
import { foreign, ordinary, places, quantities, sentences } from './ordinary-lines.js'

/** A line in which no word of the list is meant, and why one might think so. */
export interface Negative {
  readonly technique: string
  readonly text: string
  readonly before?: readonly string[]
}

const wordsEn = readLines('words-en.txt')
const wordsZh = readLines('words-zh.txt').map((line, index) => cut(line, index + 2))
const readings = readLines('readings.txt').map((line) => line.split(' '))
const first = new Map(
  readings.flatMap(([syllable = '', own = '']) => Array.from(own, (one): [string, string] => [one, syllable])),
)
const listed = new Set([...english, ...hanzi])
const listedPhrases = new Set(phrases)

function readLines(name: string): string[] {
  return readFileSync(new URL(`../../data/${name}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
}

function cut(line: string, size: number): string[] {
  const characters = Array.from(line)
  return Array.from({ length: characters.length / size }, (_, index) =>
    characters.slice(index * size, (index + 1) * size).join(''),
  )
}

const soundOf = (word: string): string => Array.from(word, (one) => first.get(one) ?? '?').join(' ')
const collapse = (word: string): string => word.replaceAll(/(.)\1+/g, '$1')
const longer = (entry: string): string[] =>
  wordsEn.filter((word) => word !== entry && word.includes(entry) && !listed.has(word))
const holdsListed = (text: string): boolean => hanzi.some((word) => text.includes(word))
const inSentence = (word: string, dice: Dice): string => dice.pick(sentences).replace('*', word)

type Make = (dice: Dice) => Negative['text'][]

const makers: Readonly<Record<string, Make>> = {
  'inside another word': (dice) =>
    english.flatMap((entry) => dice.some(longer(entry), 12).map((word) => inSentence(word, dice))),
  'a letter more or less': (dice) =>
    english.flatMap((entry) =>
      wordsEn
        .filter((word) => word !== entry && collapse(word) === collapse(entry))
        .map((word) => inSentence(word, dice)),
    ),
  'pieces that are words': (dice) =>
    english.flatMap((entry) =>
      Array.from({ length: entry.length - 1 }, (_, at) => [entry.slice(0, at + 1), entry.slice(at + 1)])
        .filter(
          (pieces) =>
            !listedPhrases.has(pieces.join(' ')) &&
            pieces.every((piece) => piece.length > 1 && wordsEn.includes(piece) && !listed.has(piece)),
        )
        .flatMap(([one = '', two = '']) => [
          `the ${one} ${two} again`,
          inSentence(`${one} ${two}`, dice),
          `${one}, ${two}`,
          `${one}-${two}`,
        ]),
    ),
  'a longer word spelled out': (dice) =>
    english.flatMap((entry) =>
      dice
        .some(longer(entry), 3)
        .map((word) => inSentence(Array.from(word).join(dice.pick([' ', '-', '.', ', ', '*'])), dice)),
    ),
  'a longer word in circles': (dice) =>
    english.flatMap((entry) =>
      dice.some(longer(entry), 2).map((word) => {
        const first = dice.pick([0x24d0, 0x1f150, 0x1f130, 0x1f170, 0x249c])
        return Array.from(word, (one) => String.fromCodePoint(first + one.charCodeAt(0) - 97)).join('')
      }),
    ),
  'sentences that meet': () => [
    'ask the man. Go home now',
    'he is the man! Go and see',
    'what is it for? Get up',
    'that is what I came for... Get in',
    'which one? This is the. Rapids ahead',
  ],
  'joined, another word': () => [
    'I ate a mango',
    'mangoes are sweet',
    'do not forget it',
    'unforgettable',
    'forget about the mango',
  ],
  'words that meet': (dice) => hanzi.flatMap((entry) => meet(entry, dice)),
  'another word of this sound': () =>
    hanzi.flatMap((entry) =>
      (wordsZh[Array.from(entry).length - 2] ?? [])
        .filter((word) => word !== entry && !listed.has(word) && soundOf(word) === soundOf(entry))
        .flatMap((word) => [word, `我觉得${word}不错`, `这是${word}，对吧`]),
    ),
  'a hanzi that stands for itself': () => [
    '你见过大海吗',
    '这里是大海嘛',
    '她去看海吗',
    '他从早上打水过来',
    '这里没有人卖水过年',
    '喝完了水过来',
  ],
  'names that could be pinyin': () => [
    'Mr Haima is my friend',
    'Tian Cai was here today',
    'the singer Wei Xian plays tonight',
    'Canxuan and Holmes are detectives',
    'my friend Gong Shi sings well',
    'Hai, ma is here',
    "tong zhi's are words",
  ],
  'English that could be pinyin': () => [
    'women and children first',
    'the women won',
    'women are here',
    'many women sang along',
    'her fan club sang',
    'she can long jump',
    'he ran on and on',
  ],
  quantities: () => [...quantities],
  'numbers beside hanzi': () => [...numbersAndHanzi],
  'pieces with signs': () => [...piecesWithSigns],
  'other languages': () => [...foreign],
  'addresses and codes': () => [...places],
  'allowed phrases': (dice) =>
    allowedPhrases.flatMap((phrase) => [
      phrase,
      `${phrase}!`,
      phrase.toUpperCase(),
      inSentence(phrase, dice),
      `去${phrase}吧`.replace(/去([a-z])/, '去 $1'),
    ]),
  'ordinary chat': () => [...ordinary],
}

/** A word that ends with one half and a word that begins with the other, with something between them. */
function meet(entry: string, dice: Dice): string[] {
  const characters = Array.from(entry)
  if (characters.length > 3) return []
  const lines = Array.from({ length: characters.length - 1 }, (_, at) => {
    const [one, two] = [characters.slice(0, at + 1).join(''), characters.slice(at + 1).join('')]
    const all = wordsZh.slice(0, 2).flat()
    const ends = all.filter((word) => word.endsWith(one) && word !== one)
    const begins = all.filter((word) => word.startsWith(two) && word !== two)
    if (ends.length === 0 || begins.length === 0) return []
    const joint = (): string => dice.pick(['，', ' ', '。', '！', '😂', '、', ', ', '\n', '~', '/'])
    return Array.from({ length: 4 }, () => dice.pick(ends) + joint() + dice.pick(begins))
  })
  return lines.flat().filter((text) => !holdsListed(text))
}

const apart: readonly (readonly [string, string])[] = [
  ['我在楼上', '床好软啊'],
  ['今天刮大风', '筝弹得真好'],
  ['点一盏灯', '笼子里有鸟'],
  ['真的是大海', '马上就来'],
  ['喝口水', '果然好喝'],
  ['那是公', '式样不同'],
  ['I like the color blue', 'kites are fun to fly'],
  ['he is silver', 'and gold'],
  ['the man', 'go home'],
  ['nice pen', 'sil'],
  ['good but', 'ton of work'],
  ['my car', 'pet dog'],
  ['a big co', 'p'],
  ['看电视', '界面好看'],
  ['多谢石', '榴莲好吃'],
]

/** The lines, the same ones each time. */
export function makeNegatives(): Negative[] {
  const dice = new Dice(23)
  const lines = Object.entries(makers).flatMap(([technique, make]) => make(dice).map((text) => ({ technique, text })))
  return [...lines, ...apart.map(([before, text]) => ({ technique: 'messages that meet', text, before: [before] }))]
}
