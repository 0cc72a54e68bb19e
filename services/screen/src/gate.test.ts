import { randomBytes } from 'node:crypto'
import type { Picture } from '@streamkeeper/media'
import fc from 'fast-check'
import { createGate } from './gate.js'

const rules = { changedFrom: 4, forcedLookMs: 60_000 }
const [width, height] = [320, 192]

/** Some still grounds with a little noise, as an encoder leaves it. */
const grounds = Array.from({ length: 8 }, () => {
  const random = randomBytes(width * height * 3)
  return random.map((noise, at) => 90 + (((at / 3) | 0) % width) / 8 + (noise % 5) - 2)
})

function ground(streamTimeMs: number): Picture {
  return { streamTimeMs, width, height, rgb: grounds[((streamTimeMs / 2_000) % 8) | 0] as Buffer }
}

/** Draws a chequered square, as a code or lines of text are one. */
function insert(
  picture: Picture,
  { x, y, side, contrast, cell }: Readonly<Record<'x' | 'y' | 'side' | 'contrast' | 'cell', number>>,
): Picture {
  const rgb = Buffer.from(picture.rgb)
  for (let row = y; row < y + side; row += 1)
    for (let column = x; column < x + side; column += 1) {
      if ((Math.floor(row / cell) * 7 + Math.floor(column / cell) * 3) % 5 < 2) continue
      for (let colour = 0; colour < 3; colour += 1) {
        const at = (row * width + column) * 3 + colour
        rgb[at] = Math.min(255, (rgb[at] ?? 0) + contrast)
      }
    }
  return { ...picture, rgb }
}

test('a picture like the one that nothing was found on is saved, and looked at again after a minute', () => {
  const gate = createGate(rules)
  expect(gate.ask('s', ground(0))).toEqual({ look: true, isBlack: false })
  gate.looked('s', ground(0), true)
  for (let at = 2_000; at < 60_000; at += 2_000)
    expect(gate.ask('s', ground(at))).toEqual({ look: false, unchangedSinceMs: 0 })
  expect(gate.ask('s', ground(60_000)).look).toBe(true)
  expect(gate.ask('other', ground(2_000)).look).toBe(true)
})

test('what hit, or could not be looked at, saves nothing', () => {
  const gate = createGate(rules)
  gate.looked('s', ground(0), true)
  gate.looked('s', ground(2_000), false)
  expect(gate.ask('s', ground(4_000)).look).toBe(true)
})

test('another size, a clock that went back, an ended stream, and no rules let everything through', () => {
  const gate = createGate(rules)
  gate.looked('s', ground(10_000), true)
  expect(gate.ask('s', ground(8_000)).look).toBe(true)
  expect(gate.ask('s', { ...ground(12_000), width: height, height: width }).look).toBe(true)
  gate.forget('s')
  expect(gate.ask('s', ground(12_000)).look).toBe(true)
  const open = createGate(null)
  open.looked('s', ground(0), true)
  expect(open.ask('s', ground(2_000)).look).toBe(true)
})

test('a slow change is one: each picture is held against the one that was looked at', () => {
  const gate = createGate(rules)
  const drift = (at: number): Picture => ({
    ...ground(at),
    rgb: ground(at).rgb.map((value) => value + at / 2_000) as Buffer,
  })
  gate.looked('s', drift(0), true)
  const answers = Array.from({ length: 10 }, (_, n) => gate.ask('s', drift(n * 2_000)).look)
  expect(answers[1]).toBe(false)
  expect(answers.at(-1)).toBe(true)
})

test('black pictures are said to be black', () => {
  const black: Picture = { streamTimeMs: 0, width, height, rgb: Buffer.alloc(width * height * 3, 10) }
  expect(createGate(rules).ask('s', black)).toEqual({ look: true, isBlack: true })
})

/** The smallest that somebody could read, which have the least to show for themselves, at each place that can differ. */
test('nothing small and faint is saved, wherever it lies in the squares of the gate', () => {
  const gate = createGate(rules)
  gate.looked('s', ground(0), true)
  const saved = []
  for (let place = 0; place < 16 * 16 * 7; place += 3) {
    const [x, y, cell] = [64 + (place % 16), 64 + (Math.floor(place / 16) % 16), 2 + Math.floor(place / 256)] as const
    const one = { side: 24, contrast: 24, x, y, cell }
    if (!gate.ask('s', insert(ground(2_000), one)).look) saved.push(one)
  }
  expect(saved).toEqual([])
})

test('of 200 insertions that somebody could read none is saved', () => {
  const still = ground(0)
  const gate = createGate(rules)
  gate.looked('s', still, true)
  const insertion = fc.integer({ min: 24, max: 160 }).chain((side) =>
    fc.record({
      side: fc.constant(side),
      x: fc.integer({ min: 0, max: width - side }),
      y: fc.integer({ min: 0, max: height - side }),
      contrast: fc.integer({ min: 24, max: 150 }),
      cell: fc.integer({ min: 2, max: 8 }),
    }),
  )
  fc.assert(
    fc.property(insertion, (one) => {
      expect(gate.ask('s', insert(ground(2_000), one)).look).toBe(true)
    }),
    { numRuns: 200 },
  )
})
