import fc from 'fast-check'
import { borrowPictureMemory, releasePicture } from './picture-memory.js'

test('the memory of a released picture is used again, and the picture has none any more', () => {
  const first = borrowPictureMemory(4_321)
  first.fill(7)
  const part = first.subarray(10, 20)
  releasePicture({ rgb: first })
  expect([first.length, part.length]).toEqual([0, 0])
  const second = borrowPictureMemory(4_321)
  expect(second.every((value) => value === 7)).toBe(true)
  releasePicture({ rgb: second })
})

test('a second release does not take the memory from the picture that has it now', () => {
  const first = borrowPictureMemory(5_432)
  releasePicture({ rgb: first })
  const second = borrowPictureMemory(5_432)
  second.fill(9)
  releasePicture({ rgb: first })
  expect(second).toHaveLength(5_432)
  const third = borrowPictureMemory(5_432)
  third.fill(1)
  expect(second.every((value) => value === 9)).toBe(true)
})

test('bytes from elsewhere are left alone', () => {
  const rgb = Buffer.alloc(300, 5)
  releasePicture({ rgb })
  expect(rgb).toEqual(Buffer.alloc(300, 5))
})

test('no more than eight are kept', () => {
  const all = Array.from({ length: 12 }, (_, at) => borrowPictureMemory(6_543).fill(at + 1))
  for (const rgb of all) releasePicture({ rgb })
  const again = Array.from({ length: 12 }, () => borrowPictureMemory(6_543))
  const known = again.filter((bytes) => bytes[0] !== 0 && bytes.every((value) => value === bytes[0]))
  expect(new Set(known.map((bytes) => bytes[0]))).toEqual(new Set([5, 6, 7, 8, 9, 10, 11, 12]))
})

test('in any order of borrowing and releasing, what was not released stays as it was written', () => {
  const step = fc.oneof(
    fc.record({ borrow: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ release: fc.nat({ max: 20 }), twice: fc.boolean() }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const held: { rgb: Buffer; value: number }[] = []
      let last = 0
      for (const one of steps) {
        if ('borrow' in one) {
          last += 1
          held.push({ rgb: borrowPictureMemory(one.borrow * 100).fill(last), value: last })
        } else {
          const [gone] = held.splice(one.release, 1)
          if (gone !== undefined) releasePicture(gone)
          if (gone !== undefined && one.twice) releasePicture(gone)
        }
        for (const { rgb, value } of held) {
          expect(rgb.length).toBeGreaterThan(0)
          expect(rgb.every((byte) => byte === value)).toBe(true)
        }
      }
    }),
    { numRuns: 100 },
  )
})
