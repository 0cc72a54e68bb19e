import fc from 'fast-check'
import { Suspects } from './suspects.js'

describe('Suspects', () => {
  it('come back from their note', () => {
    const suspects = new Suspects(null)
    expect(suspects.note()).toBeNull()
    suspects.add(7n, 1000)
    suspects.add(7n, 2000)
    expect(new Suspects(suspects.note()).find(7n)).toEqual({ offset: 7n, attempts: 2, firstSeenAt: 1000 })
    suspects.forget(7n)
    expect(suspects.note()).toBeNull()
  })

  it('are few, the lowest offsets, and fit into a note of 1 KB', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), { maxLength: 30 }), (offsets) => {
        const suspects = new Suspects(null)
        for (const offset of offsets) suspects.add(offset, Date.UTC(2099, 0, 1))
        expect(Buffer.byteLength(suspects.note() ?? '')).toBeLessThanOrEqual(1024)
        const lowest = offsets.toSorted((a, b) => (a < b ? -1 : 1)).slice(0, 8)
        const read = new Suspects(suspects.note())
        expect(offsets.filter((offset) => read.find(offset) !== undefined).length).toBe(lowest.length)
        expect(lowest.every((offset) => read.find(offset)?.attempts === 1)).toBe(true)
      }),
    )
  })

  it('are none in a note that is not ours, whatever it is', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (note) => expect(new Suspects(note).note()).toBeNull()))
    expect(new Suspects('{"suspects":[["x",1,1],["5"],null,["6",1,1]]}').find(6n)?.attempts).toBe(1)
  })
})
