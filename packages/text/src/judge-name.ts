import { isEnglishWord } from './fold/words.js'
import type { Span } from './pattern.js'

/** So much of the text around a hit is looked at. */
const around = 200
const capitalised = /^\p{Lu}\p{Ll}+$/u

/** Whether letters that could be pinyin are a name in an English sentence: each piece begins with a capital, and there is no hanzi around. */
export function isName(text: string, { start, end }: Span): boolean {
  const pieces = text.slice(start, end).split(/[^\p{L}\p{M}]+/u)
  if (!pieces.every((piece) => capitalised.test(piece))) return false
  const beside = `${text.slice(Math.max(0, start - around), start)} ${text.slice(end, end + around)}`
  if (/\p{Script=Han}/u.test(beside)) return false
  return beside.split(/[^a-z]+/i).some((word) => word.length > 1 && isEnglishWord(word.toLowerCase()))
}
