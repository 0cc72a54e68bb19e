import fc from 'fast-check'
import { axisMarks, percentOf, streamTimeOf, timelineRange } from './timeline-range.js'

describe('timelineRange', () => {
  it('shows a short stream whole', () => {
    expect(timelineRange([20_000], 200_000)).toEqual({ fromMs: 0, toMs: 200_000 })
  })

  it('shows ten minutes that end a minute after the last hit of a long one', () => {
    expect(timelineRange([3_000_000], 7_200_000)).toEqual({ fromMs: 2_460_000, toMs: 3_060_000 })
  })

  it('always holds the last hit, and never writes more than 11 marks', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10_000_000), { minLength: 1 }), fc.nat(10_000_000), (times, lengthMs) => {
        const range = timelineRange(times, lengthMs)
        const last = Math.max(...times)
        expect(range.fromMs).toBeLessThanOrEqual(last)
        expect(range.toMs).toBeGreaterThanOrEqual(last)
        expect(axisMarks(range).length).toBeLessThanOrEqual(11)
        expect(axisMarks(range).every((mark) => mark >= range.fromMs && mark <= range.toMs)).toBe(true)
      }),
    )
  })
})

describe('places', () => {
  it('keeps what lies outside at the edge', () => {
    expect(percentOf(500, { fromMs: 1_000, toMs: 2_000 })).toBe(0)
    expect(percentOf(1_250, { fromMs: 1_000, toMs: 2_000 })).toBe(25)
    expect(percentOf(9_000, { fromMs: 1_000, toMs: 2_000 })).toBe(100)
  })

  it('takes the start of the broadcast off the clock of chat', () => {
    const at = '2026-10-07T00:01:00.000Z'
    expect(streamTimeOf({ streamTimeMs: null, at }, '2026-10-07T00:00:30.000Z')).toBe(30_000)
    expect(streamTimeOf({ streamTimeMs: 5, at }, '2026-10-07T00:00:30.000Z')).toBe(5)
  })
})
