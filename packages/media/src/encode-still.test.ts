import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { encodePreview, encodeStill } from './encode-still.js'

/** Stripes of 8 pixels: detail that must not survive in a preview. */
function stripes(width: number, height: number): { width: number; height: number; rgb: Buffer } {
  const rgb = Buffer.alloc(width * height * 3)
  for (let at = 0; at < width * height; at += 1) rgb.fill((at % width) % 16 < 8 ? 0 : 255, at * 3, at * 3 + 3)
  return { width, height, rgb }
}

test('a still keeps size and detail and carries no metadata', async () => {
  const { jpeg, sha256 } = await encodeStill(stripes(1280, 720))
  const { width, height, exif, icc, xmp } = await sharp(jpeg).metadata()
  expect({ width, height, exif, icc, xmp }).toEqual({ width: 1280, height: 720 })
  expect(sha256).toBe(createHash('sha256').update(jpeg).digest('hex'))
  expect((await sharp(jpeg).stats()).channels[0]?.stdev).toBeGreaterThan(100)
}, 30_000)

test('a preview is small, grey and without detail', async () => {
  const { jpeg } = await encodePreview(stripes(404, 720))
  const { width, channels } = await sharp(jpeg).metadata()
  expect({ width, channels }).toEqual({ width: 320, channels: 1 })
  expect((await sharp(jpeg).stats()).channels[0]?.stdev).toBeLessThan(30)
}, 30_000)
