import fc from 'fast-check'
import type { Picture } from '../picture.js'
import type { Box } from './box.js'
import { findChange, measureCells, type Cells } from './cells.js'
import { fingerprintOf, looksSame } from './fingerprint.js'
import { planLook } from './plan-look.js'
import { sampleBox } from './sample-box.js'
import { StreamMemories, type KnownLine, type StreamMemory } from './stream-memory.js'

const [width, height] = [128, 96]
const plain = { colour: 'rgb', mean: [0, 0, 0], deviation: [1, 1, 1] } as const

function paint(shade: (x: number, y: number) => number): Picture {
  const rgb = Buffer.alloc(width * height * 3)
  for (let pixel = 0; pixel < width * height; pixel++) {
    rgb.fill(shade(pixel % width, Math.floor(pixel / width)), pixel * 3, pixel * 3 + 3)
  }
  return { width, height, rgb }
}

const stripes = (x: number) => (x % 12 < 4 ? 180 : 60)
const before = measureCells(paint(stripes))

test('cells are the mean brightness of four by four pixels', () => {
  const picture = paint((x, y) => (x < 4 && y < 4 ? (x % 2) * 200 : 40))
  const { columns, rows, means } = measureCells(picture)
  expect([columns, rows, means.length]).toEqual([32, 24, 768])
  expect([means[0], means[1], means[32]]).toEqual([100, 40, 40])
})

test('a stroke of two pixels is a change, wherever it comes, and all of it is looked at', () => {
  const memory = { width, height, cells: measureCells(paint(() => 30)), lines: [], lookedAtMs: 0 }
  fc.assert(
    fc.property(fc.nat(width - 2), fc.nat(height - 13), (left, top) => {
      const now = paint((x, y) => (x >= left && x < left + 2 && y >= top && y < top + 12 ? 255 : 30))
      expect(findChange(memory.cells, measureCells(now))).toBeDefined()
      // The tip of a stroke may change the next tile too little: the margin around what changed is for that.
      const { area } = planLook(now, measureCells(now), 1, memory)
      if (area === undefined) throw new Error('nowhere to look')
      const isWhole = area.left <= left && area.top <= top && area.right >= left + 2 && area.bottom >= top + 12
      expect(isWhole).toBe(true)
    }),
    { numRuns: 1_000, examples: [[3, 63]] },
  )
})

test('light that goes up or down, slow shades and the noise of a codec are no change', () => {
  expect(findChange(before, before)).toBeUndefined()
  expect(findChange(before, measureCells(paint((x) => stripes(x) + 50)))).toBeUndefined()
  expect(findChange(measureCells(paint((x) => x)), measureCells(paint((x) => 2 * x * 0.6)))).toBeUndefined()
  expect(findChange(before, measureCells(paint((x, y) => stripes(x) + ((x * 7 + y * 13) % 9) - 4)))).toBeUndefined()
})

describe('where to look', () => {
  const box = (left: number, top: number, right: number, bottom: number): Box => [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ]
  const line = (place: Box): KnownLine => ({
    box: place,
    text: 'x',
    score: 1,
    fingerprint: new Int16Array(),
    readAtMs: 0,
  })
  const large = { width: 1280, height: 720, rgb: Buffer.alloc(0) }
  const cells: Cells = { columns: 320, rows: 180, means: new Uint8Array(320 * 180).fill(50) }
  const memoryOf = (lines: KnownLine[]): StreamMemory => ({ width: 1280, height: 720, cells, lines, lookedAtMs: 0 })
  const spot = (x: number, y: number): Cells => {
    const means = cells.means.slice()
    means[Math.floor(y / 4) * 320 + Math.floor(x / 4)] = 250
    return { ...cells, means }
  }

  it('is around what changed and all lines that it touches, which are never cut in two', () => {
    const near = line(box(90, 100, 900, 140))
    const far = line(box(100, 600, 300, 640))
    const look = planLook(large, spot(64, 120), 1, memoryOf([near, far]))
    expect(look).toMatchObject({ full: false, kept: [far], known: [near] })
    expect(look.area?.left).toBeLessThanOrEqual(32)
    expect(look.area?.right).toBeGreaterThanOrEqual(900)
  })

  it('ends for lines that reach out of the picture', () => {
    const look = planLook(large, spot(4, 4), 1, memoryOf([line(box(-9, -9, 300, 30))]))
    expect(look.area).toMatchObject({ left: 0, top: 0 })
  })

  it('is everywhere when much changed, nowhere when nothing did, and everywhere anew when time is up', () => {
    const means = cells.means.map((_, index) => (index % 3 === 0 ? 250 : 50))
    const known = [line(box(0, 0, 9, 9))]
    expect(planLook(large, { ...cells, means }, 1, memoryOf(known))).toMatchObject({ full: true, known })
    expect(planLook(large, cells, 59_999, memoryOf(known))).toMatchObject({ area: undefined, kept: known })
    expect(planLook(large, cells, 60_000, memoryOf(known))).toMatchObject({ full: true, known: [] })
    expect(planLook(large, cells, -1, memoryOf(known))).toMatchObject({ full: true, known: [] })
    expect(planLook({ ...large, width: 1276 }, cells, 1, memoryOf(known))).toMatchObject({ full: true, known: [] })
  })
})

test('a box that is the picture is sampled as the picture, in the order of its channels', () => {
  const picture = { width: 2, height: 2, rgb: Buffer.from([0, 51, 102, 153, 204, 255, 10, 20, 30, 40, 50, 60]) }
  const whole: Box = [
    [0, 0],
    [2, 0],
    [2, 2],
    [0, 2],
  ]
  const target = { ...plain, width: 3, height: 2, filled: 2 }
  const inBytes = (tensor: Float32Array) => [...tensor].map((value) => Math.round(value * 255))
  const planes = [0, 153, 0, 10, 40, 0, 51, 204, 0, 20, 50, 0, 102, 255, 0, 30, 60, 0]
  expect(inBytes(sampleBox(picture, whole, target))).toEqual(planes)
  const turned = inBytes(sampleBox(picture, whole, { ...target, colour: 'bgr' }))
  expect(turned).toEqual([...planes.slice(12), ...planes.slice(6, 12), ...planes.slice(0, 6)])
})

test('any box gives values of the picture only, also outside of it', () => {
  const coordinate = fc.double({ min: -300, max: 300, noNaN: true })
  const corner = fc.tuple(coordinate, coordinate)
  fc.assert(
    fc.property(fc.tuple(corner, corner, corner, corner), (odd) => {
      const tensor = sampleBox(paint(stripes), odd, { ...plain, width: 8, height: 8, filled: 8 })
      for (const value of tensor) expect(value >= 59 / 255 && value <= 181 / 255).toBe(true)
    }),
    { numRuns: 50 },
  )
})

test('a cut-out looks the same in other light, not with another letter', () => {
  const whole: Box = [
    [0, 0],
    [width, 0],
    [width, height],
    [0, height],
  ]
  const print = (shade: (x: number, y: number) => number) =>
    fingerprintOf(sampleBox(paint(shade), whole, { ...plain, width, height, filled: width }), width, plain.deviation)
  expect(print(() => 100).every((value) => value === 100)).toBe(true)
  expect(
    looksSame(
      print(stripes),
      print((x) => stripes(x) + 30),
    ),
  ).toBe(true)
  const withBar = print((x, y) => (x > 60 && x < 64 && y > 40 && y < 60 ? 255 : stripes(x)))
  expect(looksSame(print(stripes), withBar)).toBe(false)
  expect(looksSame(print(stripes), new Int16Array(3))).toBe(false)
})

test('of streams only the youngest are remembered', () => {
  const memories = new StreamMemories(2)
  const memory: StreamMemory = { width, height, cells: before, lines: [], lookedAtMs: 0 }
  for (const key of ['a', 'b', 'a', 'c']) memories.set(key, memory)
  expect([memories.size, memories.get('a'), memories.get('b'), memories.get('c')]).toEqual([
    2,
    memory,
    undefined,
    memory,
  ])
  memories.forget('a')
  expect(memories.get('a')).toBeUndefined()
})
