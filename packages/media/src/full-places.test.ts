import fc from 'fast-check'
import { FullPlaces } from './full-places.js'

test('never more than there are, each in its turn, and none is lost', () => {
  const step = fc.record({ who: fc.nat(9), leaves: fc.boolean() })
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4 }), fc.array(step, { maxLength: 80 }), (most, steps) => {
      const places = new FullPlaces(most)
      const streams = Array.from({ length: 10 }, (_, at) => ({ at }))
      const holders = new Set<number>()
      for (const { who, leaves } of steps) {
        const stream = streams[who] ?? {}
        if (leaves) {
          places.leave(stream)
          holders.delete(who)
        } else if (places.take(stream)) holders.add(who)
        else expect(holders.has(who)).toBe(false)
        expect(holders.size).toBeLessThanOrEqual(most)
      }
      for (const stream of streams) places.leave(stream)
      expect(streams.map((stream) => places.take(stream)).filter(Boolean)).toHaveLength(most)
    }),
  )
})

test('who asked first is first, and who gives up is passed over', () => {
  const places = new FullPlaces(1)
  const [a, b, c, d] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'd' }]
  expect([a, b, c, d].map((stream) => places.take(stream))).toEqual([true, false, false, false])
  places.leave(a)
  expect([c, a, b].map((stream) => places.take(stream))).toEqual([false, false, true])
  places.leave(c)
  places.leave(b)
  expect([a, d].map((stream) => places.take(stream))).toEqual([false, true])
})
