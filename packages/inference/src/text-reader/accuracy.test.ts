import { createTextReader, type TextReader } from '../index.js'
import { ensureBuilt } from '../../test-support/ensure-built.js'
import { drawPictures, planLines } from '../../test-support/text-pictures.mjs'
import { rate, scorePicture, summarise, type LineScore } from '../../test-support/text-score.mjs'

/** The whole set is `npm run bench -- ocr`; this sample holds each script, size and angle and takes 10 to 20 s. */
const LINES = 72

let reader: TextReader
beforeAll(async () => {
  await ensureBuilt()
  reader = await createTextReader({ deadlineMs: 60_000 })
}, 60_000)
afterAll(() => reader.close())

/** STREAMKEEPER_SHOW_CORPUS=1 writes the table by script, size and angle, and what was read wrong. */
function tell(scores: readonly LineScore[]): void {
  if (process.env['STREAMKEEPER_SHOW_CORPUS'] === undefined) return
  const tables = [({ script, size }: LineScore) => `${script} ${size} px`, ({ angle }: LineScore) => `${angle} degrees`]
  const rows = tables.flatMap((by) => summarise(scores, by)).map((row) => JSON.stringify(row))
  const wrong = scores.filter(({ errors }) => errors > 0).map(({ text, got }) => `${text} -> ${got}`)
  process.stderr.write(`${[...rows, ...wrong].join('\n')}\n`)
}

test('lines of 24 pixels and more are read to 97 % of their letters, and 90 % of planted words are found', async () => {
  const scores: LineScore[] = []
  for (const picture of await drawPictures(planLines(LINES))) {
    const reading = await reader.read(picture)
    if (reading.outcome !== 'read') throw new Error(reading.detail)
    scores.push(...scorePicture(picture, reading))
  }
  tell(scores)
  const large = scores.filter(({ size }) => size >= 24)
  expect(scores).toHaveLength(LINES)
  expect(rate(large).accuracy).toBeGreaterThanOrEqual(0.97)
  expect(rate(large).recall).toBeGreaterThanOrEqual(0.9)
  for (const script of ['zh', 'en']) {
    const rates = rate(large.filter((score) => score.script === script))
    expect(rates.accuracy).toBeGreaterThanOrEqual(0.97)
    expect(rates.recall).toBeGreaterThanOrEqual(0.9)
  }
}, 180_000)
