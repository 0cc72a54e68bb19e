import type { SegmentAccepted, Versioned } from '@streamkeeper/contracts'
import type { Picture } from '@streamkeeper/media'
import type { Eyes, Hit } from '../eyes.js'
import { findWords } from './find-words.js'

/** What the text in a picture says. `failed`: nobody could read it, which is not the same as nothing to read. */
export interface TextFound {
  readonly outcome: 'read' | 'not-asked' | 'failed'
  readonly hits: readonly Hit[]
  readonly models: readonly Versioned[]
}

/** Where nobody reads. */
const notRead: TextFound = { outcome: 'not-asked', hits: [], models: [] }

/** Reads the lines of text in a picture and filters them. */
export async function findText(
  eyes: Pick<Eyes, 'lexicons' | 'holdFrom' | 'textReader'>,
  { segment, picture }: { readonly segment: SegmentAccepted; readonly picture: Picture },
): Promise<TextFound> {
  const { textReader } = eyes
  if (textReader === null) return notRead
  const reading = await textReader.read(picture, { streamKey: segment.streamId, streamTimeMs: picture.streamTimeMs })
  if (reading.outcome === 'failed') return { ...notRead, outcome: 'failed' }
  return { outcome: 'read', hits: findWords(eyes, 'picture-text', reading.lines), models: reading.models }
}
