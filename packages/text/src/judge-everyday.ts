import type { Reading } from './align-word.js'
import { isChineseWord } from './fold/words.js'
import { simplify } from './pattern.js'
import type { Syllable } from './read-syllables.js'
import type { Token } from './tokens.js'

/** Hanzi that stand by themselves in every other sentence: whoever writes them means them. */
const particles = setOf(
  '吗嘛么吧呢啊呀哇啦咯哦噢喔嗯唉哎呗的得了着们我你您他她它这那哪谁啥咱是不没很太也都就还才更最被把给对耍',
)
/** What counts things, behind a number or a verb. */
const measures = setOf('个份件条张位次瓶盒袋箱本辆部双颗块篇首层项码')
const numerals = setOf('一二两三四五六七八九十百千万亿零半几')
/** Verbs of one hanzi that take an object. */
const verbs = setOf('跑泡抛买卖吃喝看听说写读走飞穿戴洗住坐开关拿放找换送收借还教学画唱跳玩打做骂')
const shortEntry = 2
const longestWord = 4

/**
 * Whether hanzi that sound like an entry's stand there for themselves: a particle, a measure word, a number with what it counts, a verb
 * with its object. Words of an entry are hardly written with those, and in plain sentences they meet without end.
 */
export function isEveryday({ tokens }: Reading, found: readonly Syllable[]): boolean {
  const hanzi = found.map(({ first }) => simplify(tokens[first]?.codePoint ?? 0))
  const isShort = found.filter(({ how }) => how !== 'fixed').length <= shortEntry
  return found.some(({ how, first }, at) => {
    if (how !== 'sound') return false
    const own = hanzi[at] ?? 0
    const isLast = at === found.length - 1
    if (isCounted(hanzi, at) || (isLast && numerals.has(own) && goesOn(tokens, first))) return true
    return isShort && (particles.has(own) || (isLast && takesObject(own, tokens, first)))
  })
}

function isCounted(hanzi: readonly number[], at: number): boolean {
  return measures.has(hanzi[at] ?? 0) && numerals.has(hanzi[at - 1] ?? 0)
}

function takesObject(own: number, tokens: readonly Token[], at: number): boolean {
  return measures.has(own) || (verbs.has(own) && isWord(tokens, at + 1, 2))
}

/** True when a word of three or four hanzi that touch has part of the hit in it, and more than the hit: 破口大骂. */
export function isInLongWord(tokens: readonly Token[], first: number, last: number): boolean {
  for (let size = 3; size <= longestWord; size += 1) {
    for (let from = first - size + 1; from <= last; from += 1) {
      const isBeyond = from < first || from + size - 1 > last
      if (isBeyond && isWord(tokens, from, size)) return true
    }
  }
  return false
}

function isWord(tokens: readonly Token[], from: number, size: number): boolean {
  const own = from < 0 ? [] : tokens.slice(from, from + size)
  if (own.length < size || own.slice(1).some(({ gap }) => gap !== null)) return false
  return isChineseWord(String.fromCodePoint(...own.map(({ codePoint }) => simplify(codePoint))))
}

/** True when the token and the next one are hanzi that touch, and the next one is no particle. */
export function goesOn(tokens: readonly Token[], at: number): boolean {
  const [one, next] = [tokens[at], tokens[at + 1]]
  if (one === undefined || next === undefined || next.gap !== null) return false
  return isHanzi(one.codePoint) && isHanzi(next.codePoint) && !particles.has(simplify(next.codePoint))
}

function isHanzi(codePoint: number): boolean {
  return /\p{Script=Han}/u.test(String.fromCodePoint(codePoint))
}

function setOf(hanzi: string): ReadonlySet<number> {
  return new Set(Array.from(hanzi, (one) => one.codePointAt(0) ?? 0))
}
