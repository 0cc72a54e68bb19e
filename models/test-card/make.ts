/**
 * Draws test-card.png and writes its digest into test-card.json. Run: npm run models -w @streamkeeper/inference
 * Needs ffmpeg with drawtext, and the fonts DejaVu Sans and Noto Serif CJK SC.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer'

const WIDTH = 1280
const HEIGHT = 720
const PANEL = { left: 64, top: 72, width: 1152, height: 576 }
const CODE = { left: 154, top: 162, module: 12 }
const TEXT_LEFT = 616
/** The seven bars of a classic 75 % pattern. */
const BARS = [
  [191, 191, 191],
  [191, 191, 0],
  [0, 191, 191],
  [0, 191, 0],
  [191, 0, 191],
  [191, 0, 0],
  [0, 0, 191],
] as const
const LINES = [
  { text: 'STREAMKEEPER', font: 'DejaVu Sans', size: 64, top: 150 },
  { text: 'TEST CARD', font: 'DejaVu Sans', size: 64, top: 230 },
  { text: '测试卡', font: 'Noto Serif CJK SC', size: 84, top: 322 },
  { text: 'This picture is harmless.', font: 'DejaVu Sans', size: 38, top: 466 },
  { text: '此画面无害，仅供测试。', font: 'Noto Serif CJK SC', size: 42, top: 526 },
]

interface Symbol {
  width: number
  data: Uint8ClampedArray
}

async function makeCode(payload: string): Promise<Symbol> {
  const file = readFileSync(createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm'))
  const wasmBinary = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength)
  prepareZXingModule({ overrides: { wasmBinary } })
  const { symbol, error } = await writeBarcode(payload, { format: 'QRCode', scale: 1, options: 'ecLevel=M' })
  if (error !== '') throw new Error(error)
  return symbol
}

function isInside(place: number, start: number, length: number): boolean {
  return place >= start && place < start + length
}

function colourAt(x: number, y: number, code: Symbol): readonly [number, number, number] {
  const inPanel = isInside(x, PANEL.left, PANEL.width) && isInside(y, PANEL.top, PANEL.height)
  if (!inPanel) return BARS[Math.floor((x * BARS.length) / WIDTH)] ?? [0, 0, 0]
  const column = Math.floor((x - CODE.left) / CODE.module)
  const row = Math.floor((y - CODE.top) / CODE.module)
  const inCode = isInside(column, 0, code.width) && isInside(row, 0, code.width)
  const grey = inCode ? (code.data[row * code.width + column] ?? 255) : 255
  return [grey, grey, grey]
}

function draw(code: Symbol): Buffer {
  const rgb = Buffer.alloc(WIDTH * HEIGHT * 3)
  for (let pixel = 0; pixel < WIDTH * HEIGHT; pixel++) {
    rgb.set(colourAt(pixel % WIDTH, Math.floor(pixel / WIDTH), code), pixel * 3)
  }
  return rgb
}

function encodePng(rgb: Buffer): Buffer {
  const filters = LINES.map(
    ({ text, font, size, top }) =>
      `drawtext=font='${font}':text='${text}':fontsize=${size}:x=${TEXT_LEFT}:y=${top}:fontcolor=black`,
  )
  const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${WIDTH}x${HEIGHT}`, '-i', '-']
  const output = [
    '-vf',
    [...filters, 'format=rgb24'].join(','),
    '-frames:v',
    '1',
    '-bitexact',
    '-c:v',
    'png',
    '-f',
    'image2pipe',
    '-',
  ]
  return execFileSync('ffmpeg', ['-v', 'error', ...input, ...output], { input: rgb, maxBuffer: 2 ** 24 })
}

function findFolder(start: string): string {
  if (existsSync(join(start, 'turbo.json'))) return join(start, 'models/test-card')
  if (dirname(start) === start) throw new Error('no turbo.json above this script')
  return findFolder(dirname(start))
}

const folder = findFolder(import.meta.dirname)
const card = JSON.parse(readFileSync(join(folder, 'test-card.json'), 'utf8')) as { payload: string; sha256: string }
const png = encodePng(draw(await makeCode(card.payload)))
card.sha256 = createHash('sha256').update(png).digest('hex')
writeFileSync(join(folder, 'test-card.png'), png)
writeFileSync(join(folder, 'test-card.json'), `${JSON.stringify(card, null, 2)}\n`)
console.log(`test-card.png: ${png.length} bytes, sha256 ${card.sha256}`)
