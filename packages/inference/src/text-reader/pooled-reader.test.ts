import { getPriority } from 'node:os'
import { createTextReader, type TextReader, type TextReading } from '../index.js'
import { ensureBuilt } from '../../test-support/ensure-built.js'
import { drawOverlay, type OverlayLine } from '../../test-support/text-pictures.mjs'

// A look takes 0.2 s; the limit is for machines that have much else to do.
const SLOW_MS = 60_000
const streamKey = 'stream'
const title: OverlayLine = { text: '加微信领红包', size: 32, middle: [80, 100] }
const score: OverlayLine = { text: 'GameStartsSoon', size: 28, middle: [80, 620] }
const both = drawOverlay([title, score])

let reader: TextReader
beforeAll(async () => {
  await ensureBuilt()
  reader = await createTextReader({ deadlineMs: 60_000 })
}, 60_000)
afterEach(() => reader.forget(streamKey))
afterAll(() => reader.close())

function textsOf(reading: TextReading): string[] {
  if (reading.outcome !== 'read') throw new Error(reading.detail)
  return reading.lines.map(({ text }) => text)
}

/** What one reading cost: looks, looks spared, lines read, lines known. */
async function cost(work: () => Promise<TextReading>): Promise<{ texts: string[]; counts: number[] }> {
  const counts = () => {
    const { looks, looksSpared, linesRead, linesKnown } = reader.stats()
    return [looks, looksSpared, linesRead, linesKnown]
  }
  const before = counts()
  const texts = textsOf(await work())
  return { texts, counts: counts().map((count, index) => count - (before[index] ?? 0)) }
}

test(
  'text is read with its place, from the top down, and the models that read it',
  async () => {
    const reading = await reader.read(both)
    expect(textsOf(reading)).toEqual(['加微信领红包', 'GameStartsSoon'])
    if (reading.outcome !== 'read') return
    expect(reading.models.map(({ name }) => name)).toEqual(['ppocr-v4-detection', 'ppocr-v4-recognition'])
    const [line] = reading.lines
    expect(line?.score).toBeGreaterThan(0.9)
    const [[left, top] = [0, 0], , [right, bottom] = [0, 0]] = line?.box ?? []
    // The letters stand from 80 to 272 and from 84 to 116.
    for (const [is, wanted] of [
      [left, 80],
      [top, 84],
      [right, 272],
      [bottom, 116],
    ] as const) {
      expect(Math.abs(is - wanted)).toBeLessThan(14)
    }
  },
  SLOW_MS,
)

test('its processes step back for those that look at pictures', () => {
  const expected = Math.min(19, getPriority() + 5)
  expect(reader.stats().pids.map((pid) => getPriority(pid))).toEqual([expected, expected])
})

test(
  'a picture without text has no lines',
  async () => {
    expect(textsOf(await reader.read(drawOverlay([])))).toEqual([])
    expect(textsOf(await reader.read({ width: 1, height: 1, rgb: Buffer.alloc(3) }))).toEqual([])
  },
  SLOW_MS,
)

test(
  'what has not changed is not looked at again, and keeps its text',
  async () => {
    const first = await cost(() => reader.read(both, { streamKey, streamTimeMs: 0 }))
    expect(first.counts).toEqual([1, 0, 2, 0])
    const again = await cost(() => reader.read(both, { streamKey, streamTimeMs: 1000 }))
    expect(again).toEqual({ texts: first.texts, counts: [0, 1, 0, 0] })
  },
  SLOW_MS,
)

test(
  'light that goes up and down is no change, nor is another picture of one colour behind the text',
  async () => {
    await reader.read(both, { streamKey, streamTimeMs: 0 })
    const brighter = Buffer.from(both.rgb.map((value) => Math.min(255, value + 12)))
    const { counts } = await cost(() => reader.read({ ...both, rgb: brighter }, { streamKey, streamTimeMs: 1000 }))
    expect(counts).toEqual([0, 1, 0, 0])
  },
  SLOW_MS,
)

test.each<[string, OverlayLine[], string[], number[]]>([
  ['one letter', [title, { ...score, text: 'GameStartsLate' }], ['加微信领红包', 'GameStartsLate'], [1, 0, 1, 0]],
  [
    'a longer line',
    [title, { ...score, text: 'GameStartsSoonNow' }],
    ['加微信领红包', 'GameStartsSoonNow'],
    [1, 0, 1, 0],
  ],
  ['a line that went', [title], ['加微信领红包'], [1, 0, 0, 0]],
  ['a line that moved', [title, { ...score, middle: [400, 620] }], ['加微信领红包', 'GameStartsSoon'], [1, 0, 1, 0]],
])(
  'of %s only the part that changed is looked at',
  async (_what, lines, texts, counts) => {
    await reader.read(both, { streamKey, streamTimeMs: 0 })
    const changed = await cost(() => reader.read(drawOverlay(lines), { streamKey, streamTimeMs: 1000 }))
    expect(changed).toEqual({ texts, counts })
    // And what was found is what is remembered.
    const again = await cost(() => reader.read(drawOverlay(lines), { streamKey, streamTimeMs: 2000 }))
    expect(again).toEqual({ texts, counts: [0, 1, 0, 0] })
  },
  SLOW_MS,
)

test(
  'a small line anywhere is seen when it comes',
  async () => {
    for (const [index, y] of [40, 300, 700].entries()) {
      await reader.read(both, { streamKey, streamTimeMs: index * 2000 })
      const more = drawOverlay([title, score, { text: '扫码进群', size: 18, middle: [900, y] }])
      const { texts } = await cost(() => reader.read(more, { streamKey, streamTimeMs: index * 2000 + 1000 }))
      expect(texts).toContain('扫码进群')
    }
  },
  SLOW_MS,
)

test(
  'lines that stay are known while the picture around them changes',
  async () => {
    await reader.read(both, { streamKey, streamTimeMs: 0 })
    const busy = drawOverlay([title, score])
    for (let y = 0; y < 720; y++) {
      // Above, below and between the lines.
      if (Math.abs(y - 100) < 60 || Math.abs(y - 620) < 60) continue
      for (let x = 0; x < 1280; x++)
        busy.rgb.fill(((x >> 4) ^ (y >> 4)) & 1 ? 90 : 160, (y * 1280 + x) * 3, (y * 1280 + x) * 3 + 3)
    }
    const { texts, counts } = await cost(() => reader.read(busy, { streamKey, streamTimeMs: 1000 }))
    expect(texts).toEqual(expect.arrayContaining(['加微信领红包', 'GameStartsSoon']))
    expect(counts[3]).toBe(2)
  },
  SLOW_MS,
)

test(
  'after 60 s of stream time, or when time runs backwards, all is looked at and read again',
  async () => {
    await reader.read(both, { streamKey, streamTimeMs: 5000 })
    const late = await cost(() => reader.read(both, { streamKey, streamTimeMs: 64_999 }))
    expect(late.counts).toEqual([0, 1, 0, 0])
    const due = await cost(() => reader.read(both, { streamKey, streamTimeMs: 65_000 }))
    expect(due.counts).toEqual([1, 0, 2, 0])
    const backwards = await cost(() => reader.read(both, { streamKey, streamTimeMs: 100 }))
    expect(backwards.counts).toEqual([1, 0, 2, 0])
  },
  SLOW_MS,
)

test(
  'streams do not share, another size is another picture, and what was forgotten is read again',
  async () => {
    await reader.read(both, { streamKey, streamTimeMs: 0 })
    const other = await cost(() => reader.read(both, { streamKey: 'other', streamTimeMs: 0 }))
    expect(other.counts).toEqual([1, 0, 2, 0])
    reader.forget('other')
    const forgotten = await cost(() => reader.read(both, { streamKey: 'other', streamTimeMs: 1 }))
    expect(forgotten.counts).toEqual([1, 0, 2, 0])
    reader.forget('other')
    const cut = { width: 1280, height: 360, rgb: both.rgb.subarray(0, 1280 * 360 * 3) }
    const { texts, counts } = await cost(() => reader.read(cut, { streamKey, streamTimeMs: 1 }))
    expect({ texts, counts }).toEqual({ texts: ['加微信领红包'], counts: [1, 0, 1, 0] })
  },
  SLOW_MS,
)
