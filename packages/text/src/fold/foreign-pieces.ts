import { spelledHanzi } from './spelled-hanzi.js'

/** The short words that the languages in Latin letters are full of: Dutch, French, German, Italian, Portuguese, Spanish. */
const short: ReadonlySet<string> = new Set(
  (
    'al au aux av bij ce da das de dei del den der des det di die do dos du een ein el em en es et eu gli het ik il im io ist ' +
    'je la las le les lo los lui ma mas me mi mit na ne nel no nos nu om on os ou par pas per por pra que qui sa se sen si ' +
    'so son su sur ta te tu um un una und une van vi von vos vu wir ya yo zu zum zur'
  ).split(' '),
)

/** Lower case, a to z: a syllable of pinyin or a short word of another language, which stand one beside the other in plain sentences. */
export function isForeignPiece(piece: string): boolean {
  return short.has(piece) || spelledHanzi().numbers.has(piece)
}
