import { join } from 'node:path'
import { encodeDrawnClip } from './encode-drawn-clip.js'
import { encodePatternClip } from './encode-still-clip.js'
import { probeFile } from './probe-file.js'
import { makeFolder } from '../test-support/make-segments.js'

const wanted = { video: { codec: 'h264', width: 1280, height: 720 } }

function square(x: number): Buffer {
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360">
    <rect width="640" height="360" fill="#123"/><rect x="${x}" y="100" width="90" height="90" fill="#fc6"/></svg>`)
}

it('makes drawn pictures a clip of H.264 of their length', async () => {
  const out = join(await makeFolder(), 'drawn.mp4')
  await encodeDrawnClip({ pictures: [square(10), square(10), square(200), square(300)], rate: 2 }, out)
  const found = await probeFile(out)
  expect(found).toMatchObject(wanted)
  expect(found.durationMs).toBeGreaterThan(1_900)
  expect(found.durationMs).toBeLessThan(2_200)
}, 60_000)

it('refuses what is no picture', async () => {
  const out = join(await makeFolder(), 'none.mp4')
  await expect(encodeDrawnClip({ pictures: [Buffer.from('no picture')], rate: 2 }, out)).rejects.toThrow()
}, 60_000)

it('draws a pattern as H.264 with sound', async () => {
  const out = join(await makeFolder(), 'cells.mp4')
  await encodePatternClip(2, out)
  expect(await probeFile(out)).toMatchObject(wanted)
}, 60_000)
