import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClassifier, modelDir, testCardPath, type Picture } from '@streamkeeper/inference'
import { createLiveDecoder, createSandbox } from '@streamkeeper/media'
import { repositoryRoot } from '@streamkeeper/testkit'

/** What the live path says of a picture, through H.264, decoder and resize, against nsfwjs on the picture itself. */
const room = join(repositoryRoot(), 'packages/inference')
const folder = mkdtempSync(join(tmpdir(), 'live-parity-'))
const stills = ['0-5', '1-8', '3-1', '4-5'].map((time) => join(room, 'test-data', `film-${time}.jpg`))
const pictures = [...stills, testCardPath]
const size = { width: 1280, height: 720 }

afterAll(() => rmSync(folder, { recursive: true }))

function askNsfwjs(): Record<string, number>[] {
  const lines = pictures.map((picture, at) => {
    const file = join(folder, `${at}.rgb`)
    const output = ['-vf', `scale=${size.width}:${size.height}`, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-']
    writeFileSync(file, execFileSync('ffmpeg', ['-v', 'error', '-i', picture, ...output], { maxBuffer: 2 ** 24 }))
    return JSON.stringify({ ...size, file })
  })
  const script = join(room, 'test-support/nsfwjs-reference.mjs')
  const answer = execFileSync(process.execPath, [script], { input: lines.join('\n'), env: { NODE_OPTIONS: '' } })
  return JSON.parse(answer.toString().split('\n').at(-1) ?? '') as Record<string, number>[]
}

/** Through one encoding and the live decoder. At crf 18: what an encoder takes away is not of our making (0.1001 at veryfast, crf 23). */
async function decode(picture: string): Promise<Picture> {
  const still = ['-v', 'error', '-loop', '1', '-framerate', '30', '-t', '2', '-i', picture]
  const filter = ['-vf', `scale=${size.width}:${size.height},format=yuv420p`]
  const encoder = ['-c:v', 'libx264', '-preset', 'medium', '-crf', '18', '-g', '60', '-f', 'mpegts', '-']
  const bytes = execFileSync('ffmpeg', [...still, ...filter, ...encoder], { maxBuffer: 2 ** 24 })
  const decoder = createLiveDecoder({ streamId: 'still', mediaType: 'video/mp2t', sandbox: createSandbox() })
  try {
    const segment = { sequence: 0, streamTimeMs: 0, durationMs: 2_000, bytes, discontinuity: false }
    const decoded = await decoder.feed(segment)
    if (decoded.outcome !== 'decoded' || decoded.pictures[0] === undefined) throw new Error(`${picture}: not decoded`)
    return decoded.pictures[0]
  } finally {
    await decoder.close()
  }
}

test('no score of any label differs by more than 0.10', async () => {
  const expected = askNsfwjs()
  let largest = 0
  const classifier = await createClassifier({ manifestDir: modelDir('nsfw'), deadlineMs: 60_000 })
  try {
    for (const [at, picture] of pictures.entries()) {
      const result = await classifier.classify(await decode(picture))
      if (result.outcome !== 'scored') throw new Error(`${picture}: ${result.detail}`)
      for (const [label, score] of Object.entries(result.scores))
        largest = Math.max(largest, Math.abs(score - (expected[at]?.[label] ?? Number.NaN)))
    }
  } finally {
    await classifier.close()
  }
  process.stderr.write(`live path: scores differ from nsfwjs by at most ${largest.toFixed(4)}\n`)
  expect(largest).toBeLessThanOrEqual(0.1)
}, 120_000)
