import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { testCardPath } from '@streamkeeper/inference'
import {
  cutSegments,
  encodeDrawnClip,
  encodePatternClip,
  encodeStillClip,
  filmPath,
  type CutSegment,
} from '@streamkeeper/media'
import { drawHead, drawSlides, headRate, slideRate } from './drawings.js'

/** A clip cut into segments once, looped by the broadcast. */
export interface Clip {
  readonly segments: readonly CutSegment[]
}

export type ClipName = 'film' | 'testCard' | 'slides' | 'head' | 'game' | 'words'
export type Clips = Readonly<Record<ClipName, Clip>>

/** Text in two scripts; drawn beforehand, since a machine may have no font for them. */
const wordsPictures = [1, 2, 3].map((n) => new URL(`../../platform/pictures/words-${n}.png`, import.meta.url))
const wordsSeconds = 4

/** How each clip is made; gives the file to cut. */
const makers: Readonly<Record<ClipName, (out: string) => Promise<string>>> = {
  film: () => Promise.resolve(fileURLToPath(filmPath)),
  testCard: (out) => encodeStillClip(testCardPath, 8, out).then(() => out),
  slides: (out) => encodeDrawnClip({ pictures: drawSlides(), rate: slideRate }, out).then(() => out),
  head: (out) => encodeDrawnClip({ pictures: drawHead(), rate: headRate }, out).then(() => out),
  game: (out) => encodePatternClip(12, out).then(() => out),
  words: async (out) => {
    const pictures = await Promise.all(wordsPictures.map((url) => readFile(url)))
    const shown = pictures.flatMap((picture) => Array.from({ length: wordsSeconds }, () => picture))
    await encodeDrawnClip({ pictures: shown, rate: 1 }, out)
    return out
  },
}

/** The clips of the demo, encoded at the first start and kept in the media folder. */
export async function prepareClips(mediaRoot: string, say: (line: string) => void): Promise<Clips> {
  const clips: Partial<Record<ClipName, Clip>> = {}
  const names = Object.keys(makers) as ClipName[]
  // One after the other: the encoder takes all processors by itself.
  for (const name of names) clips[name] = await prepare(join(mediaRoot, 'clips', name), name, say)
  return clips as Clips
}

async function prepare(folder: string, name: ClipName, say: (line: string) => void): Promise<Clip> {
  const list = join(folder, 'segments.json')
  const known = await readFile(list, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  })
  if (known !== null) return { segments: JSON.parse(known) as CutSegment[] }
  say(`making the clip ${name}`)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const segments = await cutSegments(await makers[name](join(folder, `${name}.mp4`)), folder, { segmentMs: 2_000 })
  await writeFile(`${list}.tmp`, JSON.stringify(segments))
  await rename(`${list}.tmp`, list)
  return { segments }
}
