import { createTextTimes } from './text-times.js'

test('text is read at the first picture of a stream and then so often', () => {
  const times = createTextTimes(10_000)
  expect([0, 2_000, 9_999, 10_000, 12_000, 20_000].map((at) => times.isDue('s', at))).toEqual([
    true,
    false,
    false,
    true,
    false,
    true,
  ])
  expect(times.isDue('other', 2_000)).toBe(true)
  expect(times.isDue('s', 5_000)).toBe(true)
  times.forget('other')
  expect(times.isDue('other', 2_001)).toBe(true)
})

test('never, when the policy does not ask for it', () => {
  expect(createTextTimes(undefined).isDue('s', 0)).toBe(false)
})

test('is quiet but from a reading that found something, or failed, up to one that did not', () => {
  const times = createTextTimes(10_000)
  expect(times.isQuiet('s')).toBe(true)
  times.isDue('s', 0)
  times.wasRead('s', false)
  expect([times.isQuiet('s'), times.isQuiet('other')]).toEqual([false, true])
  times.isDue('s', 10_000)
  expect(times.isQuiet('s')).toBe(false)
  times.wasRead('s', true)
  expect(times.isQuiet('s')).toBe(true)
})
