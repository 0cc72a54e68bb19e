import { execFileSync } from 'node:child_process'
import type { SegmentAccepted } from '@streamkeeper/contracts'
import { TEST_CARD_PAYLOAD } from '@streamkeeper/inference'
import type { Picture } from '@streamkeeper/media'
import { createLogger } from '@streamkeeper/runtime'
import { buildExpressions, buildMatcher, parseExpressions, parseLexicon } from '@streamkeeper/text'
import { encode } from 'uqr'
import { openPictureBanks } from '../picture-banks.js'
import type { Eyes } from '../eyes.js'
import { createTurns } from '@streamkeeper/runtime'
import { lookAtPicture } from './look-at-picture.js'

const [width, height] = [1280, 720]
/** A quarter of the picture each way is 320x180: a code in it has sides of 180, quiet zone included. */
const side = 180

const words = 'word,category,severity,match,variants\nkite,FRAUD,90,auto,all\nlantern,SPAM,30,auto,all\n'
const addresses = `name,expression,category,severity,readings\nurl,"(https?://[^\\s]+)",SPAM,45,written\n`
const eyes: Eyes = {
  models: { current: [], refresh: () => Promise.resolve(), close: () => Promise.resolve() },
  turns: createTurns(8),
  banks: await openPictureBanks([], createLogger({ name: 'screen', level: 'fatal' })),
  textReader: null,
  lexicons: {
    current: {
      matcher: buildMatcher([parseLexicon(words, 'words').lexicon]),
      expressions: buildExpressions([parseExpressions(addresses, 'addresses').list]),
      identity: { name: 'lexicon', version: '1', sha256: 'b'.repeat(64) },
      nextExpiry: null,
    },
  },
  holdFrom: 40,
}
const segment = {
  streamId: 's',
  sequence: 4,
  origin: { brokerAt: '2026-01-01T00:00:00.000Z' },
} as SegmentAccepted

interface Drawn {
  readonly text: string
  readonly left: number
  readonly top: number
}

/** A busy ground with codes in it, as a decoder gives it after H.264 at 1.5 Mbit/s. */
function broadcast(codes: readonly Drawn[]): Picture {
  const drawn = Buffer.from(
    Uint8Array.from({ length: width * height * 3 }, (_, at) => (Math.floor(at / 90) * 2_654_435_761) >>> 25),
  )
  for (const code of codes) paint(drawn, code)
  const raw = `-f rawvideo -pix_fmt rgb24 -s ${width}x${height}`
  const coded = ffmpeg(
    `${raw} -r 25 -i - -vf loop=24:1 -c:v libx264 -preset veryfast -b:v 1500k -maxrate 1500k -bufsize 1500k -pix_fmt yuv420p -f mpegts -`,
    drawn,
  )
  return {
    streamTimeMs: 8_000,
    width,
    height,
    rgb: ffmpeg('-f mpegts -i - -frames:v 1 -f rawvideo -pix_fmt rgb24 -', coded),
  }
}

function paint(rgb: Buffer, { text, left, top }: Drawn): void {
  const { data, size } = encode(text, { border: 4 })
  for (let at = 0; at < side * side; at += 1) {
    const [x, y] = [at % side, Math.floor(at / side)]
    const dark = data[Math.floor((y * size) / side)]?.[Math.floor((x * size) / side)] === true
    const pixel = ((top + y) * width + left + x) * 3
    rgb.fill(dark ? 0 : 255, pixel, pixel + 3)
  }
}

function ffmpeg(args: string, input: Buffer): Buffer {
  return execFileSync('ffmpeg', ['-v', 'error', ...args.split(' ')], { input, maxBuffer: 2 ** 26 })
}

const look = (codes: readonly Drawn[]) => lookAtPicture(eyes, { segment, picture: broadcast(codes) })
const [early, late] = [
  { left: 96, top: 64 },
  { left: 900, top: 480 },
]

test('two codes of a quarter of the picture each go through words and addresses, and each hit names its place', async () => {
  const address = 'https://shop.example.org/join?id=7'
  const found = await look([
    { text: 'the b1ue k1te club', ...early },
    { text: address, ...late },
  ])
  expect([...found.codes].sort()).toEqual([address, 'the b1ue k1te club'])
  const signals = [...found.signals].sort((one, other) => one.label.localeCompare(other.label))
  expect(signals).toMatchObject([
    { lane: 'code', label: 'FRAUD', score: 0.9, severity: 90, source: { name: 'lexicon' }, streamTimeMs: 8_000 },
    {
      lane: 'code',
      label: 'SPAM',
      score: 0.45,
      severity: 45,
      evidence: { text: address, matches: [{ entry: 'url' }] },
    },
  ])
  for (const [at, { left, top }] of [early, late].entries()) {
    const box = signals[at]?.evidence?.box ?? []
    expect(box).toHaveLength(4)
    for (const [x = 0, y = 0] of box) {
      expect([x >= left, x <= left + side, y >= top, y <= top + side]).toEqual([true, true, true, true])
    }
  }
}, 60_000)

test('a code that says nothing of the lists is no hit, and is looked at again all the same', async () => {
  const found = await look([{ text: 'lantern festival', ...early }])
  expect(found).toMatchObject({ signals: [], codes: ['lantern festival'], isQuiet: false, unseen: null })
}, 60_000)

test('beside the test card another code is filtered too', async () => {
  const found = await look([
    { text: TEST_CARD_PAYLOAD, ...early },
    { text: 'kite', ...late },
  ])
  expect(found.signals.map(({ lane, label }) => `${lane} ${label}`).sort()).toEqual(['code FRAUD', 'code TEST_CARD'])
}, 60_000)

test('two codes of one label are one hit, and both stand in the record', async () => {
  const found = await look([
    { text: 'https://a.example/1', ...early },
    { text: 'https://a.example/2', ...late },
  ])
  expect(found.codes).toHaveLength(2)
  expect(found.signals.map(({ lane, label }) => `${lane} ${label}`)).toEqual(['code SPAM'])
}, 60_000)
