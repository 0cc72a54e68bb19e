import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Label } from '@streamkeeper/contracts'
import { isTestCardCode, readCodes, TEST_CARD_PAYLOAD, testCardPath } from '@streamkeeper/inference'

const card = JSON.parse(readFileSync(join(import.meta.dirname, 'test-card.json'), 'utf8')) as Record<string, unknown>

function runFfmpeg(args: string[], input: Buffer): Buffer {
  return execFileSync('ffmpeg', ['-v', 'error', ...args], { input, maxBuffer: 2 ** 26 })
}

/** The first picture of two seconds of the card as a stream of this size and bit rate. */
function broadcast(width: number, height: number, rate: string): Buffer {
  const png = readFileSync(testCardPath)
  const encoded = [
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-pix_fmt',
    'yuv420p',
    '-b:v',
    rate,
    '-maxrate',
    rate,
    '-bufsize',
    rate,
  ]
  const frames = ['-f', 'png_pipe', '-loop', '1', '-i', '-', '-t', '2', '-r', '25', '-vf', `scale=${width}:${height}`]
  const segment = runFfmpeg([...frames, ...encoded, '-f', 'mpegts', '-'], png)
  return runFfmpeg(['-f', 'mpegts', '-i', '-', '-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'], segment)
}

test('the picture is the one that the description names', () => {
  expect(createHash('sha256').update(readFileSync(testCardPath)).digest('hex')).toBe(card['sha256'])
  expect(card['payload']).toBe(TEST_CARD_PAYLOAD)
  expect(Label.parse(card['label'])).toBe('TEST_CARD')
}, 30_000)

test.each([
  [1280, 720, '300k'],
  [640, 360, '100k'],
  [426, 240, '80k'],
])(
  'its code is read after H.264 at %ix%i and %s',
  async (width, height, rate) => {
    const codes = await readCodes({ width, height, rgb: broadcast(width, height, rate) })
    expect(codes).toHaveLength(1)
    expect(codes.every(({ text }) => isTestCardCode(text))).toBe(true)
  },
  30_000,
)
