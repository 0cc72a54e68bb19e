import { createTextReader, type Picture, type ReadOptions, type TextLine, type TextReader } from '../index.js'
import { ensureBuilt } from '../../test-support/ensure-built.js'
import {
  planScrolls,
  rateScrolls,
  readScrolls,
  summariseScrolls,
  type ScrollScore,
} from '../../test-support/scrolling-text.mjs'
import { drawOverlay } from '../../test-support/text-pictures.mjs'

/** Of three lines and four pictures each; the whole set is `npm run bench -- ocr`. */
const SCROLLS = 9

let reader: TextReader
beforeAll(async () => {
  await ensureBuilt()
  reader = await createTextReader({ deadlineMs: 120_000 })
}, 60_000)
afterAll(() => reader.close())

async function read(picture: Picture, options: ReadOptions): Promise<{ lines: TextLine[] }> {
  const reading = await reader.read(picture, options)
  if (reading.outcome !== 'read') throw new Error(reading.detail)
  return reading
}

/** STREAMKEEPER_SHOW_CORPUS=1 writes the table by script, direction and speed, and what was read wrong. */
function tell(scores: readonly ScrollScore[]): void {
  if (process.env['STREAMKEEPER_SHOW_CORPUS'] === undefined) return
  const bySpeed = ({ script, direction, speed }: ScrollScore) => `${script} ${direction} ${speed} px/s`
  const rows = summariseScrolls(scores, bySpeed).map((row) => JSON.stringify(row))
  const wrong = scores.filter(({ errors }) => errors > 0).map(({ text, got }) => `${text} -> ${got}`)
  process.stderr.write(`${[...rows, ...wrong].join('\n')}\n`)
}

test('of lines that scroll 97 % of the letters are read where they are whole, and 90 % of planted words are found on one picture', async () => {
  const scores = await readScrolls(read, planScrolls(SCROLLS))
  tell(scores)
  expect(new Set(scores.map(({ id }) => id)).size).toBe(3 * SCROLLS)
  for (const script of ['zh', 'en']) {
    const rates = rateScrolls(scores.filter((score) => score.script === script))
    expect(rates.accuracy).toBeGreaterThanOrEqual(0.97)
    expect(rates.recall).toBeGreaterThanOrEqual(0.9)
  }
}, 600_000)

test('a line that moved by a letter within its box is read anew, though it looks nearly as before', async () => {
  const letters = Array.from({ length: 16 }, () => '中')
  for (const [turn, at] of [12, 11, 10, 9].entries()) {
    const text = letters.with(at, '国').join('')
    const picture = drawOverlay([{ text, size: 32, middle: [200, 360] }])
    const before = reader.stats()
    const { lines } = await read(picture, { streamKey: 'ticker', streamTimeMs: turn * 2_000 })
    expect(lines.map((line) => line.text)).toEqual([text])
    expect([reader.stats().linesRead - before.linesRead, reader.stats().linesKnown - before.linesKnown]).toEqual([1, 0])
  }
}, 240_000)
