import fc from 'fast-check'
import { firstPage, numberOf, startOf, turn } from './held-pages.js'

test('each page begins where the one before ended, and going back leads over the same ones', () => {
  const second = turn(firstPage, 1, 'a')
  const third = turn(second, 1, 'b')
  expect([firstPage, second, third].map(startOf)).toEqual([undefined, 'a', 'b'])
  expect([firstPage, second, third].map(numberOf)).toEqual([1, 2, 3])
  expect(turn(third, -1, 'c')).toEqual(second)
  expect(turn(second, -1, null)).toEqual(firstPage)
})

test('there is nothing in front of the first and behind the last', () => {
  expect(turn(firstPage, -1, 'a')).toBe(firstPage)
  const last = turn(firstPage, 1, 'a')
  expect(turn(last, 1, null)).toBe(last)
})

test('however one turns, the page is the number of steps forward that were not taken back', () => {
  const steps = fc.array(fc.tuple(fc.constantFrom<1 | -1>(1, -1), fc.option(fc.string(), { nil: null })))
  fc.assert(
    fc.property(steps, (turns) => {
      let [pages, expected] = [firstPage, 1]
      for (const [by, next] of turns) {
        pages = turn(pages, by, next)
        if (by === 1 && next !== null) expected += 1
        if (by === -1) expected = Math.max(1, expected - 1)
        expect(numberOf(pages)).toBe(expected)
      }
    }),
  )
})
