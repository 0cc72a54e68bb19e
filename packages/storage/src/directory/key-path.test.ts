import fc from 'fast-check'
import { keyOfPath, pathOfKey } from './key-path.js'

it('gives every key a path of its own, and the key back, with names that every file system takes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (key) => {
      const path = pathOfKey(key)
      expect(keyOfPath(path)).toBe(key)
      for (const name of path) expect(name).toMatch(/^[a-z0-9=@+-]{1,121}$/)
    }),
  )
})

it('no path of a key lies within the folder of another', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
      fc.pre(a !== b)
      const [one, two] = [pathOfKey(a), pathOfKey(b)]
      expect(two.slice(0, one.length)).not.toEqual(one)
    }),
  )
})

it.each([[['a']], [['a+', 'b']], [['a@', 'b']], [['=zz@']], [[]]])('%j is no path of ours', (path) => {
  expect(keyOfPath(path)).toBeNull()
})
