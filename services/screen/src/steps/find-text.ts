import { Label, type SegmentAccepted, type TextMatch, type Versioned } from '@streamkeeper/contracts'
import type { TextLine } from '@streamkeeper/inference'
import type { Picture } from '@streamkeeper/media'
import type { Eyes, Hit } from '../eyes.js'

/** What the text in a picture says. `failed`: nobody could read it, which is not the same as nothing to read. */
export interface TextFound {
  readonly outcome: 'read' | 'not-asked' | 'failed'
  readonly hits: readonly Hit[]
  readonly models: readonly Versioned[]
}

/** For a picture whose text nobody asked for. */
export const notRead: TextFound = { outcome: 'not-asked', hits: [], models: [] }

/** Reads the text in a picture and filters it as chat is filtered: a hit for each label, on the line with the worst of its words. */
export async function findText(
  { lexicons, holdFrom, textReader }: Pick<Eyes, 'lexicons' | 'holdFrom' | 'textReader'>,
  { segment, picture }: { readonly segment: SegmentAccepted; readonly picture: Picture },
): Promise<TextFound> {
  if (textReader === null) return notRead
  const reading = await textReader.read(picture, { streamKey: segment.streamId, streamTimeMs: picture.streamTimeMs })
  if (reading.outcome === 'failed') return { ...notRead, outcome: 'failed' }
  const { matcher, expressions, identity } = lexicons.current
  const worst = new Map<
    string,
    { readonly line: TextLine; readonly matches: readonly TextMatch[]; readonly severity: number }
  >()
  for (const line of reading.lines) {
    const heavy = matcher.scan(line.text, expressions.find(line.text)).filter(({ severity }) => severity >= holdFrom)
    for (const category of new Set(heavy.map((match) => match.category))) {
      const matches = heavy.filter((match) => match.category === category)
      const severity = Math.max(...matches.map((match) => match.severity))
      if (severity > (worst.get(category)?.severity ?? -1)) worst.set(category, { line, matches, severity })
    }
  }
  const hits = [...worst].map(([category, { line, matches, severity }]): Hit => ({
    lane: 'picture-text',
    label: Label.safeParse(category).data ?? 'OTHER',
    score: severity / 100,
    severity,
    source: identity,
    evidence: { text: line.text, matches: [...matches], box: line.box.map(([x, y]) => [x, y]) },
  }))
  return { outcome: 'read', hits, models: reading.models }
}
