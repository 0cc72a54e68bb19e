import { boundary } from './fold/kinds.js'
import { isEnglishWord } from './fold/words.js'
import { isInLongWord } from './judge-everyday.js'
import { makeWord } from './judge-gaps.js'
import { isUnspaced } from './word-edges.js'
import type { Hit } from './search.js'
import type { Token } from './tokens.js'

/** So much may stand behind the rest of a word that begins inside the message before. */
const mostBeyond = 1

/**
 * Whether a word that runs over the end of a message was cut on purpose. Short ones only when the messages hold nothing
 * else; long ones need less, since they hardly come about by chance.
 */
export function isSplitDisguise(hit: Hit): boolean {
  const { tokens } = hit.reading
  const own = tokens.filter(({ start, end }) => start >= hit.start && end <= hit.end)
  const size = hit.pattern.characters.length
  const whole = [isWholeBefore(hit, tokens), isWholeAfter(hit, tokens)].filter(Boolean).length
  if (whole === 2) return true
  const isHanzi = own.some(({ codePoint }) => isUnspaced(codePoint))
  if (isHanzi) return isCutHanzi(hit, tokens, whole)
  if (isOfWords(hit, whole === 0)) return whole === 1 && isCutAtSpace(hit, own)
  return size > 4 || (size > 3 && whole === 1)
}

/** Words on both sides of every end; numbers are words too where both messages say more. */
function isOfWords({ reading, start, end }: Hit, withNumbers: boolean): boolean {
  const words = reading.text
    .slice(start, end)
    .split(boundary)
    .flatMap((piece) => piece.trim().split(/\s+/))
  return words.every((word) => isEnglishWord(word.toLowerCase()) || (withNumbers && /^\d+$/.test(word)))
}

/** 来赌, 场玩: by their sound alone hanzi meet without end. */
function isCutHanzi(hit: Hit, tokens: readonly Token[], whole: number): boolean {
  const size = hit.pattern.characters.length
  if (size > 3) return true
  if (whole === 1) return size === 3 || isRest(hit, tokens)
  return hit.pattern.kind === 'word' && isLoose(hit, tokens)
}

/** The last message says hardly more, and nothing of it goes with a neighbour. */
function isLoose(hit: Hit, tokens: readonly Token[]): boolean {
  const first = tokens.findIndex(({ start }) => start >= hit.start)
  const last = tokens.findLastIndex(({ end }) => end <= hit.end)
  if (tokens.length - 1 - last > mostBeyond) return false
  return !makeWord(tokens, first - 1) && !makeWord(tokens, last) && !isInLongWord(tokens, first, last)
}

/** The last message is the rest of it and no more, and what came before goes with nothing else. */
function isRest(hit: Hit, tokens: readonly Token[]): boolean {
  const first = tokens.findIndex(({ start }) => start >= hit.start)
  return isWholeAfter(hit, tokens) && !makeWord(tokens, first - 1)
}

/** Where the entry has a space itself: kill, and yourself. */
function isCutAtSpace({ pattern }: Hit, own: readonly Token[]): boolean {
  const words = pattern.entry.word.trim().split(/\s+/)
  const ends = words.map((_, index) => Array.from(words.slice(0, index + 1).join('')).length)
  const cuts = own.flatMap((token, index) => (index > 0 && token.gap?.isBoundary === true ? [index] : []))
  return cuts.every((cut) => ends.includes(cut))
}

/** Where the piece in the last message begins, without what only parts it from the one before. */
export function visibleFrom({ reading }: Hit, offset: number): number {
  return reading.tokens.find(({ start }) => start >= offset)?.start ?? offset
}

function isWholeBefore({ start, reading }: Hit, tokens: readonly Token[]): boolean {
  const from = reading.text.lastIndexOf(boundary, start - 1) + 1
  return !tokens.some((token) => token.start >= from && token.end <= start)
}

function isWholeAfter({ end }: Hit, tokens: readonly Token[]): boolean {
  return !tokens.some((token) => token.start >= end)
}
