import { DecideRequest } from '@streamkeeper/contracts'
import { makeCases } from '../dev/cases.js'
import { verdicts } from '../keys/verdicts.js'
import { decideRequest, labelChoices, reasonText } from './decide-request.js'
import { groupHits, strongestHit } from './group-hits.js'
import { newId } from './new-id.js'
import { scoreRows } from './score-rows.js'
import { verdictClosed } from './verdict-closed.js'

const [first, , held] = makeCases(Date.parse('2026-10-07T00:00:00.000Z'))
if (!first || !held) throw new Error('the stand-in has no cases')

describe('decideRequest', () => {
  it.each(verdicts)('is what the API takes for $action', (choice) => {
    const draft = { choice, label: 'GAMBLING' as const, textForStreamer: 'why' }
    const request = decideRequest(first, draft, { leaseToken: '3', idempotencyKey: newId() })
    expect(DecideRequest.parse(request)).toEqual(request)
    expect(request).toMatchObject({ seenThroughSeq: 10, expectedVersion: first.case.version })
  })

  it('offers the labels of the case first, each once', () => {
    expect(labelChoices({ ...first, reasons: [{ label: 'FRAUD', textForStreamer: 'x' }, ...first.reasons] })).toEqual([
      'GAMBLING',
      'SPAM',
      'FRAUD',
    ])
    expect(labelChoices({ ...first, case: { ...first.case, labels: [] }, reasons: [] })).toEqual(['OTHER'])
    expect(reasonText(first, 'FRAUD')).toBeUndefined()
  })
})

describe('hits', () => {
  it('puts copies of one picture under one count and starts at the strongest', () => {
    const groups = groupHits(first.signals)
    expect(groups.map((group) => group.count)).toEqual([1, 1, 1, 1, 2, 1])
    expect(groups[strongestHit(groups)]?.signal.score).toBe(0.96)
    expect(groupHits([])).toEqual([])
  })

  it('counts a hit whose picture was let go with the kept one before it, which stays on the tile', () => {
    const [shown] = groupHits(first.signals)
    if (!shown) throw new Error('no hit')
    const letGo = { ...shown.signal, preview: null, still: null, severity: 100 }
    const hit = (seq: number, more: Partial<typeof letGo>) => ({ ...letGo, signalId: `hit-${seq}`, seq, ...more })
    const kept = { preview: 'a', still: 'b', severity: 50 }
    const all = [hit(1, kept), hit(2, {}), hit(3, {}), hit(4, { ...kept, preview: 'c' }), hit(5, {})]
    expect(groupHits(all).map(({ signal, count }) => [signal.signalId, count])).toEqual([
      ['hit-1', 3],
      ['hit-4', 2],
    ])
    expect(groupHits([hit(1, { severity: 40 }), hit(2, {})]).map(({ signal }) => signal.signalId)).toEqual(['hit-2'])
  })

  it('counts signals by lane and version', () => {
    const rows = scoreRows(first.signals)
    expect(rows.reduce((sum, row) => sum + row.hits, 0)).toBe(first.signals.length)
    expect(rows.find((row) => row.lane === 'picture')).toMatchObject({ hits: 6, peak: 0.96 })
  })
})

describe('verdictClosed', () => {
  const around = { me: 'reviewer07', isReader: false, hasLease: false, isLost: false, busy: false }
  it('is open only with the lease of a case that still waits', () => {
    expect(verdictClosed(undefined, around)).toEqual({ why: 'no-case' })
    expect(verdictClosed(first, around)).toEqual({ why: 'not-claimed' })
    expect(verdictClosed(first, { ...around, isLost: true })).toEqual({ why: 'lost' })
    expect(verdictClosed(held, around)).toEqual({ why: 'held', name: 'reviewer12' })
    expect(verdictClosed(first, { ...around, hasLease: true })).toBeNull()
    expect(verdictClosed(first, { ...around, hasLease: true, busy: true })).toEqual({ why: 'busy' })
    const dark = { ...first, case: { ...first.case, state: 'dark' as const } }
    expect(verdictClosed(first, { ...around, hasLease: true, isReader: true })).toEqual({ why: 'reader' })
    expect(verdictClosed(dark, { ...around, hasLease: true })).toEqual({ why: 'decided' })
  })
})
