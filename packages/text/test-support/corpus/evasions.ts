import { readFileSync } from 'node:fs'
import { english, hanzi, mixed, phrases } from './entries.js'
import { Dice } from './dice.js'
import type { Evasion } from './evasion.js'
import { writtenEvasions } from './written-lines.js'

type Disguise = (word: string, dice: Dice) => string | null

const each = (word: string, change: (character: string, index: number) => string): string =>
  Array.from(word, change).join('')
const isLatin = (word: string): boolean => /^[a-z ]+$/.test(word)
const isHanzi = (word: string): boolean => /^\p{Script=Han}+$/u.test(word)
const letters = (word: string): number => word.replaceAll(' ', '').length

const lookAlikes: Readonly<Record<string, string>> = {
  a: 'аα',
  b: 'Ь',
  c: 'сϲ',
  e: 'еε',
  h: 'һ',
  i: 'іι',
  k: 'кκ',
  l: 'ӏ',
  m: 'м',
  n: 'η',
  o: 'оο',
  p: 'рρ',
  r: 'г',
  s: 'ѕ',
  t: 'тτ',
  u: 'υ',
  v: 'ν',
  w: 'ω',
  x: 'хχ',
}
const leet: Readonly<Record<string, string>> = {
  a: '4@',
  b: '8',
  e: '3',
  g: '9',
  i: '1!',
  l: '1|',
  o: '0',
  s: '5$',
  t: '7+',
  z: '2',
}
const smallCapitals = Object.fromEntries(
  'aᴀ bʙ cᴄ dᴅ eᴇ fꜰ gɢ hʜ iɪ jᴊ kᴋ lʟ mᴍ nɴ oᴏ pᴘ rʀ sꜱ tᴛ uᴜ vᴠ wᴡ yʏ zᴢ'.split(' ').map((pair) => Array.from(pair)),
) as Readonly<Record<string, string>>
const marks = ['\u0300', '\u0301', '\u0308', '\u0323', '\u0336', '\u0338']
const hidden = ['\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u00ad', '\u202e', '\u2066', '\ufe0f']
const signs = ['-', '.', '_', '*', '~', '|', '/', '·', ' ', '+', '^', '=']
const pictures = ['😀', '🔥', '❤️', '👍🏽', '🎉', '👨‍👩‍👧']

const readings = readLines('readings.txt').map((line) => line.split(' '))
const firstReading = new Map(
  readings.flatMap(([syllable = '', first = '']) => Array.from(first, (one): [string, string] => [one, syllable])),
)
const alike = new Map(readings.map(([syllable = '', first = '']): [string, string[]] => [syllable, Array.from(first)]))
const traditional = new Map(
  readLines('simplified.txt').map((line): [string, string] => [Array.from(line)[1] ?? '', Array.from(line)[0] ?? '']),
)
const toned: Readonly<Record<string, string>> = { a: 'āáǎà', e: 'ēéěè', i: 'īíǐì', o: 'ōóǒò', u: 'ūúǔù' }

function readLines(name: string): string[] {
  return readFileSync(new URL(`../../data/${name}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
}

const spelled = (word: string): string[] | null => {
  const syllables = Array.from(word, (one) => firstReading.get(one))
  return syllables.every((one) => one !== undefined) ? syllables : null
}

/** Changes at least `least` characters where there is a way to. */
function some(word: string, dice: Dice, table: Readonly<Record<string, string>>, least = 1): string | null {
  const places = Array.from(word).flatMap((one, index) => (table[one] === undefined ? [] : [index]))
  if (places.length < least) return null
  const chosen = new Set(dice.some(places, Math.max(least, 1 + dice.below(places.length))))
  return each(word, (one, index) => (chosen.has(index) ? dice.pick(Array.from(table[one] ?? one)) : one))
}

const between = (word: string, part: () => string): string =>
  Array.from(word)
    .join('\0')
    .replaceAll('\0', () => part())

/** Every disguise that a filter is asked to see through, by name. */
export const disguises: Readonly<Record<string, Disguise>> = {
  plain: (word) => word,
  case: (word, dice) => (isLatin(word) ? each(word, (one) => (dice.below(2) === 0 ? one.toUpperCase() : one)) : null),
  'full width': (word) =>
    isLatin(word)
      ? each(word, (one) => (one === ' ' ? '\u3000' : String.fromCodePoint(one.charCodeAt(0) + 0xfee0)))
      : null,
  mathematical: (word, dice) => {
    const first = dice.pick([0x1d41a, 0x1d44e + 0x1a, 0x1d4ea, 0x1d5ba, 0x1d68a])
    return isLatin(word)
      ? each(word, (one) => (one === ' ' ? ' ' : String.fromCodePoint(first + one.charCodeAt(0) - 97)))
      : null
  },
  enclosed: (word, dice) => {
    const first = dice.pick([0x24d0, 0x1f150, 0x1f130, 0x1f170])
    return isLatin(word)
      ? each(word, (one) => (one === ' ' ? ' ' : String.fromCodePoint(first + one.charCodeAt(0) - 97)))
      : null
  },
  confusable: (word, dice) => (isLatin(word) ? some(word, dice, lookAlikes) : null),
  leet: (word, dice) => {
    const found = isLatin(word) && letters(word) > 2 ? some(word, dice, leet) : null
    return found !== null && /[a-z]/.test(found) ? found : null
  },
  invisible: (word, dice) => between(word, () => dice.pick(hidden)),
  'combining marks': (word, dice) =>
    isLatin(word) ? each(word, (one) => (one === ' ' ? one : one + dice.pick(marks))) : null,
  accents: (word, dice) =>
    isLatin(word)
      ? some(word, dice, { a: 'àáâä', e: 'èéêë', i: 'ìíîï', o: 'òóôö', u: 'ùúûü', n: 'ñń', c: 'çč', s: 'šş' }, 2)
      : null,
  separators: (word, dice) => {
    const sign = dice.pick(signs)
    return letters(word) > 2 || isHanzi(word) ? Array.from(word.replaceAll(' ', '')).join(sign) : null
  },
  'emoji between': (word, dice) => {
    const sign = dice.pick(pictures)
    return letters(word) > 2 || isHanzi(word) ? Array.from(word.replaceAll(' ', '')).join(sign) : null
  },
  'one separator': (word, dice) => {
    if (!isHanzi(word)) return null
    const at = 1 + dice.below(word.length - 1)
    return word.slice(0, at) + dice.pick(['-', '*', '/', '_', '~', '·', '+', '^']) + word.slice(at)
  },
  repeats: (word, dice) =>
    isLatin(word)
      ? each(word, (one) => (one !== ' ' && dice.below(2) === 0 ? one.repeat(3 + dice.below(3)) : one))
      : each(word, (one) => one.repeat(1 + dice.below(3))),
  traditional: (word) => {
    const found = isHanzi(word) ? each(word, (one) => traditional.get(one) ?? one) : word
    return found === word ? null : found
  },
  pinyin: (word) => (isHanzi(word) ? (spelled(word)?.join('') ?? null) : null),
  'pinyin with spaces': (word) => (isHanzi(word) ? (spelled(word)?.join(' ') ?? null) : null),
  'pinyin with tones': (word, dice) => {
    const syllables = isHanzi(word) ? spelled(word) : null
    return (
      syllables
        ?.map((one) => one.replace(/[aeo]|[iu]/, (vowel) => dice.pick(Array.from(toned[vowel] ?? vowel))))
        .join('') ?? null
    )
  },
  'pinyin with digits': (word, dice) =>
    isHanzi(word)
      ? (spelled(word)
          ?.map((one) => `${one}${1 + dice.below(4)}`)
          .join('') ?? null)
      : null,
  'pinyin and hanzi': (word, dice) => {
    const syllables = isHanzi(word) ? spelled(word) : null
    const at = dice.below(word.length)
    return syllables === null ? null : each(word, (one, index) => (index === at ? (syllables[index] ?? one) : one))
  },
  'same sound': (word, dice) => {
    const at = dice.below(word.length)
    const own = isHanzi(word) ? word.charAt(at) : ''
    const others = soundingLike(own).filter((one) => one !== own)
    return others.length === 0 ? null : replaceAt(word, at, dice.pick(others))
  },
  'two at once': (word, dice) => {
    const both = isLatin(word)
      ? ['confusable', 'leet', 'case', 'invisible']
      : ['traditional', 'invisible', 'one separator']
    const once = disguiseBy(dice.pick(both), word, dice)
    const isReadable = isLatin(once) || isHanzi(once)
    const twice = isReadable ? disguiseBy(dice.pick(both), once, dice) : between(once, () => dice.pick(hidden))
    return twice === word ? null : twice
  },
  'one full stop': (word, dice) => {
    if (!isHanzi(word)) return null
    const at = 1 + dice.below(word.length - 1)
    return word.slice(0, at) + dice.pick(['.', ':', '、']) + word.slice(at)
  },
  'one stroke': (word, dice) => {
    if (!/^[a-z ]*[a-z][il][a-z ]*$/.test(word) || letters(word) < 3) return null
    const isRaised = word.includes('i') && dice.below(2) === 0
    if (isRaised) return word.toUpperCase().replaceAll('I', 'l')
    return word.includes('l', 1)
      ? word.charAt(0) + word.slice(1).replaceAll('l', 'I')
      : word.toUpperCase().replaceAll('I', 'Ι')
  },
  'small capitals': (word) => {
    const found = each(word, (one) => smallCapitals[one] ?? one)
    return isLatin(word) && found !== word ? found : null
  },
  'one picture': (word, dice) => {
    if (!isHanzi(word) && letters(word) < 4) return null
    const at = 1 + dice.below(word.length - 1)
    return word.slice(0, at).trimEnd() + dice.pick(pictures) + word.slice(at).trimStart()
  },
}

const around: readonly (readonly [string, string])[] = [
  ['', ''],
  ['hey ', ' now'],
  ['buy my ', '!'],
  ['(', ')'],
  ['look here: ', ' ok?'],
  ['今天有', '卖'],
  ['大家来买', '啊'],
  ['“', '”'],
  ['😂😂', '😂'],
]

function soundingLike(hanzi: string): string[] {
  return (alike.get(firstReading.get(hanzi) ?? '') ?? []).slice(0, 40)
}

/** The word as it is where the disguise does nothing to it. */
function disguiseBy(name: string, word: string, dice: Dice): string {
  return disguises[name]?.(word, dice) ?? word
}

function replaceAt(word: string, at: number, by: string): string {
  return each(word, (one, index) => (index === at ? by : one))
}

function surround(text: string, word: string, dice: Dice): string {
  const [before, after] = dice.pick(
    around.filter(([before]) => isHanzi(word) || !/\p{Script=Han}/u.test(before) || !/^[a-z]/i.test(text)),
  )
  return before + text + after
}

function splits(dice: Dice): Evasion[] {
  return [...english, ...phrases, ...hanzi].flatMap((entry) => {
    const characters = Array.from(entry)
    if (characters.length < 2) return []
    const pieces = Math.min(2 + dice.below(3), characters.length)
    const cuts = dice
      .some(
        Array.from({ length: characters.length - 1 }, (_, index) => index + 1),
        pieces - 1,
      )
      .sort((a, b) => a - b)
    const parts = [0, ...cuts].map((from, index) => characters.slice(from, cuts[index] ?? characters.length).join(''))
    return [{ technique: 'split over messages', entry, text: parts.at(-1) ?? '', before: parts.slice(0, -1) }]
  })
}

/** The lines, the same ones each time: up to `each` a technique. */
export function makeEvasions(perTechnique = 90): Evasion[] {
  const dice = new Dice(11)
  const words = [...english, ...phrases, ...hanzi, ...mixed]
  const lines = Object.entries(disguises).flatMap(([technique, disguise]) => {
    const found: Evasion[] = []
    for (let turn = 0; turn < 4 && found.length < perTechnique; turn += 1) {
      for (const entry of words) {
        const hiddenWord = disguise(entry, dice)
        if (hiddenWord !== null) found.push({ technique, entry, text: surround(hiddenWord, entry, dice) })
      }
    }
    return found.slice(0, perTechnique)
  })
  return [...lines, ...splits(dice), ...writtenEvasions]
}
