import { createLag } from './lag.js'

const open = () => {
  const state = { now: 0 }
  const lag = createLag(() => state.now)
  /** So many segments of each stream, all as late as their stream is. */
  const note = (count: number, behind: Readonly<Record<string, number>>): void => {
    for (let n = 0; n < count; n += 1) {
      state.now += 2_000
      for (const [streamId, behindMs] of Object.entries(behind)) lag.note(streamId, behindMs)
    }
  }
  return { state, lag, note }
}

test('one segment that hangs is no overload, ten in a row are', () => {
  const { lag, note } = open()
  note(1, { a: 20_000 })
  expect(lag.ms).toBeLessThan(5_000)
  note(9, { a: 20_000 })
  expect(lag.ms).toBeGreaterThan(17_000)
})

test('of many streams it is the mean, whichever of them came last', () => {
  const { lag, note } = open()
  const behind = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`s${at}`, at < 10 ? 4_000 : 12_000]))
  note(40, behind)
  // Behind ten that are late.
  expect(Math.abs(lag.ms - 8_000)).toBeLessThan(1_000)
})

test('streams that are not heard of any more weigh nothing', () => {
  const { state, lag, note } = open()
  note(1, Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`old-${at}`, 0])))
  state.now += 60_001
  note(10, { a: 20_000 })
  expect(lag.ms).toBeGreaterThan(17_000)
})
