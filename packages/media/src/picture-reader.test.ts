import fc from 'fast-check'
import { releasePicture } from './picture-memory.js'
import { PictureReader, type RawPicture } from './picture-reader.js'
import { copyInto } from './read-into.js'

const side = fc.integer({ min: 1, max: 40 })
const pictures = fc.array(fc.record({ width: side, height: side, value: fc.integer({ min: 0, max: 255 }) }), {
  maxLength: 6,
})

function encode({ width, height, value }: { width: number; height: number; value: number }): Buffer {
  return Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), Buffer.alloc(width * height * 3, value)])
}

function open(onPicture: (picture: RawPicture) => void) {
  const reader = new PictureReader(onPicture)
  return { space: () => reader.space(), take: (count: number) => reader.take(count) }
}

test('pictures come out as they went in, wherever they are cut, and those before may have been released', () => {
  const steps = fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(pictures, steps, fc.boolean(), (planned, sizes, releases) => {
      const seen: { width: number; height: number; values: number[] }[] = []
      const filling = open((picture) => {
        seen.push({ width: picture.width, height: picture.height, values: [...new Set(picture.rgb)] })
        if (releases) releasePicture(picture)
      })
      const bytes = Buffer.concat(planned.map(encode))
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const end = at + (sizes[turn % sizes.length] ?? 1)
        copyInto(bytes.subarray(at, end), filling)
        at = end
      }
      expect(seen).toEqual(planned.map(({ width, height, value }) => ({ width, height, values: [value] })))
    }),
  )
})

test.each([
  'P5\n2 2\n255\n............',
  'P6\n1281 720\n255\n....',
  'P6\n0 5\n255\n........',
  'P6\n99999 2\n255\n.....',
])('%j is refused', (text) =>
  expect(() =>
    copyInto(
      Buffer.from(text),
      open(() => undefined),
    ),
  ).toThrow('picture'),
)
