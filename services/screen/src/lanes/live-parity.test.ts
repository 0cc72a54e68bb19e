import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClassifier, modelDir, testCardPath, type Picture } from '@streamkeeper/inference'
import { createLiveDecoder, createSandbox, cutSegments, encodeStillClip } from '@streamkeeper/media'
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

async function decode(picture: string, at: number): Promise<Picture> {
  const clip = join(folder, `${at}.mp4`)
  await encodeStillClip(picture, 2, clip)
  const [segment] = await cutSegments(clip, join(folder, String(at)), { segmentMs: 2_000 })
  if (segment === undefined) throw new Error(`${picture}: no segment`)
  const decoder = createLiveDecoder({ streamId: 'still', mediaType: 'video/mp2t', sandbox: createSandbox() })
  try {
    const decoded = await decoder.feed({ ...segment, bytes: readFileSync(segment.path), discontinuity: false })
    if (decoded.outcome !== 'decoded' || decoded.pictures[0] === undefined) throw new Error(`${picture}: not decoded`)
    return decoded.pictures[0]
  } finally {
    await decoder.close()
  }
}

test('no score of any label differs by more than 0.10', async () => {
  const expected = askNsfwjs()
  const classifier = await createClassifier({ manifestDir: modelDir('nsfw'), deadlineMs: 60_000 })
  try {
    for (const [at, picture] of pictures.entries()) {
      const result = await classifier.classify(await decode(picture, at))
      if (result.outcome !== 'scored') throw new Error(`${picture}: ${result.detail}`)
      for (const [label, score] of Object.entries(result.scores))
        expect(Math.abs(score - (expected[at]?.[label] ?? Number.NaN))).toBeLessThanOrEqual(0.1)
    }
  } finally {
    await classifier.close()
  }
}, 120_000)
