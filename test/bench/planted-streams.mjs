// Streams of three kinds, and the same with pictures planted into them, each for 2 s from a keyframe to the next.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cutSegments, encodeDrawnClip, encodeStill, filmPath } from '@streamkeeper/media'
import { openDecoder } from './screen-steps.mjs'

// Drawing belongs to the room's own tests, which its package does not hand out.
const support = new URL('../../packages/inference/test-support/', import.meta.url)
const { drawCollage, drawInsertion } = await import(new URL('draw-insertions.mjs', support).href)
const { drawHead, drawSlides, headRate } = await import('../dist/platform/drawings.js')

export const segmentMs = 2_000
export const insertionKinds = ['card', 'banned', 'words', 'noise']
const stillSeconds = 8

const makers = {
  static: (out) => encodeDrawnClip({ pictures: Array(stillSeconds).fill(drawSlides()[0]), rate: 1 }, out),
  head: (out) => encodeDrawnClip({ pictures: drawHead(), rate: headRate }, out),
  film: null,
}
export const streamKinds = Object.keys(makers)

/** The segments of a clip of each kind. */
export async function makeClips(folder) {
  const clips = {}
  for (const kind of streamKinds) {
    const file = kind === 'film' ? fileURLToPath(filmPath) : join(folder, `${kind}.mp4`)
    await makers[kind]?.(file)
    clips[kind] = await cut(file, join(folder, kind))
  }
  return clips
}

/** A folder with banned pictures. */
export async function makeBank(folder, count) {
  const bank = join(folder, 'bank')
  mkdirSync(bank)
  for (let n = 0; n < count; n += 1) writeFileSync(join(bank, `${n}.jpg`), await drawCollage(n + 1))
  return bank
}

/** `count` segments with something planted on a picture of this stream: `{ what, segment }`, the kinds in turn. */
export async function plant(clip, { folder, bank, bankSize, count, seed }) {
  const grounds = await readGrounds(clip)
  const plan = Array.from({ length: count }, (_, n) => ({ what: insertionKinds[n % insertionKinds.length], n }))
  const pictures = []
  for (const { what, n } of plan) {
    const banned = readFileSync(join(bank, `${n % bankSize}.jpg`))
    pictures.push(await drawInsertion(what, { ground: grounds[n % grounds.length], banned, seed: seed + n }))
  }
  const inside = mkdtempSync(join(folder, 'planted-'))
  const file = join(inside, 'all.mp4')
  // The last picture of a clip is short: it is there twice, and its second segment is left out.
  await encodeDrawnClip({ pictures: [...pictures, ...pictures.slice(-1)], rate: 1_000 / segmentMs }, file)
  const segments = await cut(file, join(inside, 'segments'))
  return plan.map(({ what }, n) => ({ what, segment: segments[n] }))
}

/** What the stream shows at the start of its segments, as JPEG. */
async function readGrounds(clip) {
  const decoder = openDecoder('grounds')
  try {
    const grounds = []
    for (const segment of clip.slice(0, 4)) {
      const decoded = await decoder.feed(segment)
      if (decoded.outcome === 'decoded') grounds.push((await encodeStill(decoded.pictures[0])).jpeg)
    }
    return grounds
  } finally {
    await decoder.close()
  }
}

async function cut(file, folder) {
  const segments = await cutSegments(file, folder, { segmentMs })
  return segments.map((segment) => ({ ...segment, bytes: readFileSync(segment.path), discontinuity: false }))
}
