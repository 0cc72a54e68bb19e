import { readFileSync } from 'node:fs'
import { oldestKept, parseProfile, priorityOf, profileUrl, retentionOf, tierOf } from './index.js'

const cn = parseProfile(readFileSync(profileUrl('cn'), 'utf8'), 'cn')
const start = new Date('2026-08-30T17:00:00.000Z') // 31 August, 01:00 in Shanghai

describe('retentionOf', () => {
  it('keeps media 60 days and a day from the latest time', () => {
    const { until, mode } = retentionOf(cn, { kind: 'media', streamClass: 'game', times: [new Date(0), start] })
    expect(until.toISOString()).toBe('2026-10-30T17:00:00.000Z')
    expect(mode).toBe('COMPLIANCE')
  })
  it('keeps e-commerce three calendar years, over a leap day', () => {
    expect(retentionOf(cn, { kind: 'chat', streamClass: 'ecommerce', times: [start] }).until.toISOString()).toBe(
      '2029-08-31T17:00:00.000Z',
    )
  })
  it('counts months on the calendar of Shanghai: 31 August and six months is the end of February', () => {
    expect(retentionOf(cn, { kind: 'log', streamClass: null, times: [start] }).until.toISOString()).toBe(
      '2027-02-28T17:00:00.000Z',
    )
  })
  it('refuses to answer without a time or a rule', () => {
    expect(() => retentionOf(cn, { kind: 'log', streamClass: null, times: [] })).toThrow(RangeError)
    expect(() => retentionOf({ ...cn, retention: [] }, { kind: 'log', streamClass: null, times: [start] })).toThrow(
      /no retention rule/,
    )
  })
})

describe('oldestKept', () => {
  it('counts back on the calendar of the zone', () => {
    expect(oldestKept(cn, 'events', start).toISOString()).toBe('2026-08-23T17:00:00.000Z')
    // 31 August less six months is 28 February there.
    expect(oldestKept(cn, 'alarms', start).toISOString()).toBe('2026-02-27T17:00:00.000Z')
    expect(oldestKept(cn, 'cases', start).toISOString()).toBe('2023-08-30T17:00:00.000Z')
  })
})

describe('tier and priority', () => {
  it.each([
    [100, 'P0'],
    [90, 'P0'],
    [89, 'P1'],
    [70, 'P1'],
    [69, 'P2'],
    [40, 'P2'],
    [39, 'P3'],
    [0, 'P3'],
  ] as const)('severity %d is %s', (severity, tier) => {
    expect(tierOf(severity)).toBe(tier)
  })
  const base = { severity: 50, viewers: 100, live: true, ageMs: 0, deadlineMs: 1000 }
  it('rises with severity, viewers and age, and falls when the stream ended', () => {
    const usual = priorityOf(base)
    expect(priorityOf({ ...base, severity: 51 })).toBeGreaterThan(usual)
    expect(priorityOf({ ...base, viewers: 101 })).toBeGreaterThan(usual)
    expect(priorityOf({ ...base, ageMs: 1 })).toBeGreaterThan(usual)
    expect(priorityOf({ ...base, live: false })).toBeCloseTo(usual * 0.3)
    expect(priorityOf({ ...base, viewers: 0 })).toBe(50)
  })
})
