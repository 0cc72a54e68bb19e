import type { SignalRaised } from '@streamkeeper/contracts'
import { evaluateRules, type PolicySignal } from '@streamkeeper/policy'
import fc from 'fast-check'
import { openTestDeps, type TestDeps } from '../_test-deps.js'
import type { Decoded } from './decode.js'
import { createTakeSignalStep } from './take-signal.js'

let opened: TestDeps
beforeAll(async () => {
  opened = await openTestDeps()
}, 60_000)
afterAll(() => opened.close())

const startMs = Date.UTC(2025, 5, 1)
let made = 0

const anyHit = fc.record({
  lane: fc.constantFrom('chat' as const, 'picture' as const, 'picture-text' as const, 'report' as const),
  label: fc.constantFrom('FRAUD' as const, 'SPAM' as const, 'SEX_EXPLICIT' as const, 'OTHER' as const),
  score: fc.constantFrom(0.3, 0.5, 0.9),
  afterMs: fc.integer({ min: 0, max: 1_500_000 }),
  shadow: fc.constantFrom(false, false, false, true),
  heldBack: fc.constantFrom(undefined, undefined, undefined, 'sample' as const, 'record' as const),
})

async function take(data: SignalRaised): Promise<void> {
  const decoded = { event: { type: 'moderation.signal.raised', data } } as unknown as Decoded
  const context = { attempt: 1 } as Parameters<ReturnType<typeof createTakeSignalStep>['run']>[1]
  expect((await createTakeSignalStep(opened.deps).run(decoded, context)).kind).toBe('ok')
}

async function firingsOf(streamId: string): Promise<string[]> {
  const { rows } = await opened.deps.database.pool.query<{ rule_id: string; at: Date }>(
    'select rule_id, at from rule_firings where stream_id = $1',
    [streamId],
  )
  return rows.map(({ rule_id, at }) => `${rule_id} ${at.getTime() - startMs}`).toSorted()
}

test('in order of time, hit by hit, the same rules fire as over all hits at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyHit, { minLength: 5, maxLength: 60 }), async (hits) => {
      const streamId = `stream-${(made += 1)}`
      const ordered = hits.toSorted((one, other) => one.afterMs - other.afterMs)
      const signals = ordered.map(({ afterMs, ...hit }, n): SignalRaised & PolicySignal => ({
        ...hit,
        signalId: `${streamId}-${String(n).padStart(3, '0')}`,
        streamId,
        severity: 60,
        source: opened.deps.policy.identity,
        at: new Date(startMs + afterMs).toISOString(),
        atMs: startMs + afterMs,
        evidence: { text: `hit \u0000 ${n}` },
      }))
      for (const { atMs: _, ...signal } of signals) await take(signal)
      const wanted = evaluateRules(opened.deps.policy.rules, signals).map(
        ({ ruleId, atMs }) => `${ruleId} ${atMs - startMs}`,
      )
      expect(await firingsOf(streamId)).toEqual([...new Set(wanted)].toSorted())
      // A second reading changes nothing.
      for (const { atMs: _, ...signal } of signals.slice(-3)) await take(signal)
      expect(await firingsOf(streamId)).toEqual([...new Set(wanted)].toSorted())
    }),
    { numRuns: 15 },
  )
}, 120_000)

test('hits of before the columns count as they did', async () => {
  const { pool } = opened.deps.database
  const hit = (n: number): SignalRaised => ({
    signalId: `old-${n}`,
    streamId: 'old',
    lane: 'chat',
    label: 'FRAUD',
    score: 0.9,
    severity: 90,
    shadow: false,
    source: opened.deps.policy.identity,
    at: new Date(startMs + n * 1_000).toISOString(),
    evidence: { text: 'kite \u0000' },
  })
  await take(hit(1))
  await take(hit(2))
  await pool.query(
    `update policy_signals set lane = null, label = null, score = null, shadow = null where stream_id = 'old'`,
  )
  expect(await firingsOf('old')).toEqual([])
  await take(hit(3))
  expect(await firingsOf('old')).toEqual(['fraud.chat 3000'])
  const { rows } = await pool.query(`select 1 from case_signals where signal_id like 'old-%'`)
  expect(rows).toHaveLength(3)
})

test('a sample of what is held back opens a case and orders nothing; what is kept for the record does neither', async () => {
  const { pool } = opened.deps.database
  const hit = (n: number, heldBack?: SignalRaised['heldBack']): SignalRaised => ({
    signalId: `flood-${n}`,
    streamId: 'flood',
    lane: 'hash',
    label: 'TEST_CARD',
    score: 0.98,
    severity: 95,
    shadow: false,
    source: opened.deps.policy.identity,
    at: new Date(startMs + n * 1_000).toISOString(),
    heldBack,
  })
  const count = async (table: 'cases' | 'decisions' | 'commands'): Promise<number> =>
    (await pool.query(`select 1 from ${table} where stream_id = 'flood'`)).rows.length
  await take(hit(1, 'record'))
  expect([await firingsOf('flood'), await count('cases')]).toEqual([[], 0])
  await take(hit(2, 'sample'))
  expect(await firingsOf('flood')).toEqual(['test-card#samples 2000'])
  expect([await count('cases'), await count('decisions'), await count('commands')]).toEqual([1, 0, 0])
  // Another source finds it too, while the rule is quiet after the sample.
  await take(hit(3))
  expect(await firingsOf('flood')).toEqual(['test-card 3000', 'test-card#samples 2000'])
  expect([await count('cases'), await count('decisions'), await count('commands')]).toEqual([1, 1, 1])
  // Read again with another mark after a crash: what was noted first holds.
  await take(hit(1))
  expect(await firingsOf('flood')).toEqual(['test-card 3000', 'test-card#samples 2000'])
})
