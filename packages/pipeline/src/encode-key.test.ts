import fc from 'fast-check'
import { encodeKey } from './encode-key.js'

describe('encodeKey', () => {
  it('is injective and leaves nothing that a path or key could misread', () => {
    const text = fc.string({ unit: 'grapheme' })
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(encodeKey(a)).toMatch(/^[A-Za-z0-9_=-]*$/)
        if (a !== b) expect(encodeKey(a)).not.toBe(encodeKey(b))
      }),
    )
  })
  it('keeps plain ids readable', () => {
    expect(encodeKey('room-7_a')).toBe('room-7_a')
    expect(encodeKey('../晚')).toBe('=2e=2e=2f=e6=99=9a')
  })
})
