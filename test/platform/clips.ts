import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { testCardPath } from '@streamkeeper/inference'
import {
  cutSegments,
  encodePatternClip,
  encodeStillClip,
  filmPath,
  type CutSegment,
  type Pattern,
} from '@streamkeeper/media'

/** A clip cut into segments once, looped by the broadcast. */
export interface Clip {
  readonly segments: readonly CutSegment[]
}

export type Clips = Readonly<Record<'film' | 'testCard' | Pattern, Clip>>

/** The clips of the demo, encoded at the first start and kept in the media folder. */
export async function prepareClips(mediaRoot: string): Promise<Clips> {
  const pattern = (name: Pattern): Promise<Clip> =>
    prepare(mediaRoot, name, async (folder) => {
      const out = join(folder, `${name}.mp4`)
      await encodePatternClip(name, 12, out)
      return out
    })
  return {
    film: await prepare(mediaRoot, 'film', async () => fileURLToPath(filmPath)),
    testCard: await prepare(mediaRoot, 'test-card', (folder) => encodeTestCard(join(folder, 'test-card.mp4'))),
    cells: await pattern('cells'),
    drift: await pattern('drift'),
    figures: await pattern('figures'),
  }
}

async function prepare(mediaRoot: string, name: string, make: (folder: string) => Promise<string>): Promise<Clip> {
  const folder = join(mediaRoot, 'clips', name)
  const list = join(folder, 'segments.json')
  const known = await readFile(list, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  })
  if (known !== null) return { segments: JSON.parse(known) as CutSegment[] }
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const segments = await cutSegments(await make(folder), folder, { segmentMs: 2_000 })
  await writeFile(`${list}.tmp`, JSON.stringify(segments))
  await rename(`${list}.tmp`, list)
  return { segments }
}

async function encodeTestCard(out: string): Promise<string> {
  await encodeStillClip(testCardPath, 8, out)
  return out
}
