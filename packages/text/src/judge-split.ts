import { boundary } from './fold/kinds.js'
import { isEnglishWord } from './fold/words.js'
import { isUnspaced } from './word-edges.js'
import type { Hit } from './search.js'
import type { Token } from './tokens.js'

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
  if (isHanzi) return size > 3 || (size === 3 && whole === 1)
  if (isOfWords(hit, whole === 0)) return false
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
