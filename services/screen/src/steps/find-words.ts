import type { Label, Lane, TextMatch } from '@streamkeeper/contracts'
import { labelOf } from '@streamkeeper/text'
import type { Eyes, Hit } from '../eyes.js'

/** A piece of text that stands in a picture: corners in pixels of the picture, clockwise from the text's own top left. */
export interface TextInPicture {
  readonly text: string
  readonly box: readonly (readonly [x: number, y: number])[]
}

interface Worst {
  readonly piece: TextInPicture
  readonly matches: readonly TextMatch[]
  readonly severity: number
}

/** Filters text in a picture as chat is filtered: a hit for each label, on the piece with the worst of its words. */
export function findWords(
  { lexicons, holdFrom }: Pick<Eyes, 'lexicons' | 'holdFrom'>,
  lane: Extract<Lane, 'picture-text' | 'code'>,
  pieces: readonly TextInPicture[],
): Hit[] {
  const { matcher, expressions, identity } = lexicons.current
  const worst = new Map<Label, Worst>()
  for (const piece of pieces) {
    const heavy = matcher.scan(piece.text, expressions.find(piece.text)).filter(({ severity }) => severity >= holdFrom)
    for (const label of new Set(heavy.map(({ category }) => labelOf(category)))) {
      const matches = heavy.filter(({ category }) => labelOf(category) === label)
      const severity = Math.max(...matches.map((match) => match.severity))
      if (severity > (worst.get(label)?.severity ?? -1)) worst.set(label, { piece, matches, severity })
    }
  }
  return [...worst].map(([label, { piece, matches, severity }]) => ({
    lane,
    label,
    score: severity / 100,
    severity,
    source: identity,
    evidence: { text: piece.text, matches: [...matches], box: boxOf(piece) },
  }))
}

/** The place as evidence holds it. */
export function boxOf({ box }: Pick<TextInPicture, 'box'>): number[][] {
  return box.map(([x, y]) => [x, y])
}
