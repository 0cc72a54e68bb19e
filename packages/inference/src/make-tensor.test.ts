import fc from 'fast-check'
import { makeTensor } from './make-tensor.js'
import type { Manifest } from './manifest.js'

type Input = Manifest['input']
const nhwc: Input = {
  name: 'i',
  shape: [1, 2, 3, 3],
  layout: 'NHWC',
  colour: 'rgb',
  range: [0, 1],
  resize: 'bilinear-align-corners',
}

test('at the same size the values are the bytes over 255', () => {
  const rgb = Buffer.from(Array.from({ length: 18 }, (_, index) => index * 10))
  const tensor = makeTensor({ width: 3, height: 2, rgb }, nhwc)
  expect([...tensor]).toEqual([...rgb].map((value) => Math.fround(value / 255)))
})

test('corners stay corners, the middle is the mean', () => {
  const rgb = Buffer.from([0, 0, 0, 100, 100, 100, 200, 200, 200, 40, 40, 40])
  const tensor = makeTensor({ width: 2, height: 2, rgb }, { ...nhwc, shape: [1, 3, 3, 3], range: [0, 255] })
  const red = [...tensor].filter((_, index) => index % 3 === 0).map((value) => Math.round(value * 100) / 100)
  expect(red).toEqual([0, 50, 100, 100, 85, 70, 200, 120, 40])
})

test('NCHW and bgr hold the same values in other places', () => {
  const rgb = Buffer.from(Array.from({ length: 18 }, (_, index) => index * 10))
  const picture = { width: 3, height: 2, rgb }
  const straight = makeTensor(picture, nhwc)
  const planes = makeTensor(picture, { ...nhwc, shape: [1, 3, 2, 3], layout: 'NCHW', colour: 'bgr' })
  for (let pixel = 0; pixel < 6; pixel++) {
    const there = [planes[12 + pixel], planes[6 + pixel], planes[pixel]]
    expect(there).toEqual([...straight.subarray(pixel * 3, pixel * 3 + 3)])
  }
})

test('of any size, no value leaves the range of the picture', () => {
  const sides = fc.record({ width: fc.integer({ min: 1, max: 20 }), height: fc.integer({ min: 1, max: 20 }) })
  const pictures = sides.chain(({ width, height }) => {
    const size = width * height * 3
    return fc
      .uint8Array({ minLength: size, maxLength: size })
      .map((bytes) => ({ width, height, rgb: Buffer.from(bytes) }))
  })
  fc.assert(
    fc.property(pictures, (picture) => {
      const tensor = makeTensor(picture, { ...nhwc, shape: [1, 7, 5, 3], range: [-1, 1] })
      const [low, high] = [Math.min(...picture.rgb), Math.max(...picture.rgb)].map((value) => (value / 255) * 2 - 1)
      expect(tensor).toHaveLength(105)
      for (const value of tensor) {
        expect(value).toBeGreaterThanOrEqual((low ?? 0) - 1e-6)
        expect(value).toBeLessThanOrEqual((high ?? 0) + 1e-6)
      }
    }),
    { numRuns: 50 },
  )
})
