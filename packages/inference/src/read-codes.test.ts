import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer'
import { isTestCardCode, readCodes, TEST_CARD_PAYLOAD, type Picture } from './index.js'

interface Place {
  left: number
  top: number
  side: number
}

beforeAll(() => {
  const file = readFileSync(createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm'))
  prepareZXingModule({
    overrides: { wasmBinary: file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) },
  })
}, 30_000)

function makePicture(width: number, height: number): Picture {
  // A busy ground, so that finding nothing where nothing is means something.
  const rgb = Buffer.from(Uint8Array.from({ length: width * height * 3 }, (_, index) => (index * 2654435761) >>> 24))
  return { width, height, rgb }
}

/** Paints the code of a text with its quiet zone into the square, by nearest pixel. */
async function paintCode(picture: Picture, text: string, { left, top, side }: Place): Promise<void> {
  const { symbol } = await writeBarcode(text, { format: 'QRCode', scale: 1 })
  const modules = symbol.width + 8
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [column, row] = [x, y].map((place) => Math.floor((place * modules) / side) - 4) as [number, number]
      const inside = column >= 0 && row >= 0 && column < symbol.width && row < symbol.width
      const grey = inside ? (symbol.data[row * symbol.width + column] ?? 255) : 255
      picture.rgb.fill(grey, ((top + y) * picture.width + left + x) * 3, ((top + y) * picture.width + left + x) * 3 + 3)
    }
  }
}

test('a code a quarter as wide as a 720p picture is read, with its place', async () => {
  const picture = makePicture(1280, 720)
  const text = 'https://example.org/a-rather-long-address?with=parameters&and=more'
  await paintCode(picture, text, { left: 700, top: 200, side: 320 })
  const [code, ...others] = await readCodes(picture)
  expect(others).toEqual([])
  expect(code).toMatchObject({ text, format: 'QRCode' })
  for (const [x, y] of code?.box ?? []) {
    expect(x).toBeGreaterThanOrEqual(700)
    expect(x).toBeLessThanOrEqual(1020)
    expect(y).toBeGreaterThanOrEqual(200)
    expect(y).toBeLessThanOrEqual(520)
  }
}, 30_000)

test('several codes in one picture are all read, Chinese text too', async () => {
  const picture = makePicture(1280, 720)
  await paintCode(picture, 'one', { left: 40, top: 40, side: 240 })
  await paintCode(picture, '加微信领红包', { left: 500, top: 300, side: 260 })
  await paintCode(picture, TEST_CARD_PAYLOAD, { left: 900, top: 60, side: 300 })
  const texts = (await readCodes(picture)).map(({ text }) => text)
  expect(texts.sort()).toEqual(['one', TEST_CARD_PAYLOAD, '加微信领红包'].sort())
}, 30_000)

test('a picture without a code has none', async () => {
  expect(await readCodes(makePicture(1280, 720))).toEqual([])
  expect(await readCodes({ width: 1, height: 1, rgb: Buffer.alloc(3) })).toEqual([])
}, 30_000)

test('bytes that do not fit the size are refused', async () => {
  await expect(readCodes({ width: 100, height: 100, rgb: Buffer.alloc(10) })).rejects.toThrow(RangeError)
}, 30_000)

test('only the exact payload is the test card', () => {
  expect(isTestCardCode(TEST_CARD_PAYLOAD)).toBe(true)
  for (const near of ['', ` ${TEST_CARD_PAYLOAD}`, `${TEST_CARD_PAYLOAD}\n`, TEST_CARD_PAYLOAD.toLowerCase()]) {
    expect(isTestCardCode(near)).toBe(false)
  }
}, 30_000)
