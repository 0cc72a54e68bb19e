import type { SignalView } from '@streamkeeper/contracts'
import { scoreRows } from './score-rows.js'

const source = { name: 'nsfw', version: '1', sha256: 'a'.repeat(64) }
const hit = (more: Partial<SignalView>): SignalView => ({
  signalId: 's',
  seq: 1,
  lane: 'picture',
  label: 'PORN',
  score: 0.5,
  severity: 50,
  source,
  at: '2026-01-01T00:00:00.000Z',
  streamTimeMs: 0,
  preview: null,
  still: null,
  text: null,
  matches: [],
  codes: [],
  accountId: null,
  sample: false,
  ...more,
})

test('hits of one lane, label and version are one row, the gravest first', () => {
  const rows = scoreRows([hit({ score: 0.6 }), hit({ score: 0.9, severity: 70 }), hit({ lane: 'hash', severity: 90 })])
  expect(rows.map(({ lane, hits, peak, severity }) => [lane, hits, peak, severity])).toEqual([
    ['hash', 1, 0.5, 90],
    ['picture', 2, 0.9, 70],
  ])
})

test('a row says that it is a sample only when nothing but samples stands in it', () => {
  const isSample = (signals: readonly SignalView[]) => scoreRows(signals).map(({ sample }) => sample)
  expect(isSample([hit({ sample: true }), hit({ sample: true })])).toEqual([true])
  expect(isSample([hit({ sample: true }), hit({ sample: false })])).toEqual([false])
})
