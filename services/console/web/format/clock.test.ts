import { formatClock, formatTimeOfDay, secondsUntil, splitAge } from './clock.js'

describe('formatClock', () => {
  it.each([
    [0, '0:00'],
    [59.6, '1:00'],
    [107, '1:47'],
    [3_725, '1:02:05'],
    [-39, '−0:39'],
    [-0.2, '0:00'],
  ])('%p seconds is %p', (seconds, words) => {
    expect(formatClock(seconds)).toBe(words)
  })
})

describe('times', () => {
  it('shows the time of day in 24 hours', () => {
    expect(formatTimeOfDay('2026-10-07T00:05:09.000Z', 'UTC')).toBe('00:05:09')
    expect(formatTimeOfDay('2026-10-07T13:45:23.000Z', 'Asia/Shanghai')).toBe('21:45:23')
  })

  it('counts to a time, and below zero past it', () => {
    const now = Date.parse('2026-10-07T00:00:10.000Z')
    expect(secondsUntil('2026-10-07T00:00:12.500Z', now)).toBe(2.5)
    expect(secondsUntil('2026-10-07T00:00:00.000Z', now)).toBe(-10)
  })

  it('shows an age in its largest unit', () => {
    expect(splitAge(-3)).toEqual({ unit: 'seconds', value: 0 })
    expect(splitAge(59.9)).toEqual({ unit: 'seconds', value: 59 })
    expect(splitAge(3_599)).toEqual({ unit: 'minutes', value: 59 })
    expect(splitAge(5_400)).toEqual({ unit: 'hours', value: 1.5 })
  })
})
