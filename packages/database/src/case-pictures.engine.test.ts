import { expect, test } from '@jest/globals'
import type { SignalRaised } from '@streamkeeper/contracts'
import { chooseEvidence } from '@streamkeeper/policy'
import fc from 'fast-check'
import { useTestDatabase } from './_test-database.js'
import { after, claimed, grow, noon, signal } from './_test-records.js'
import { findCasePicture, listShownSignals, markLooked } from './case-pictures.js'
import { findOpenCase, listCaseSignals } from './cases.js'
import type { Database } from './database.js'
import { decide } from './decide.js'
import { listNeededEvidence } from './prune.js'
import { undoDecision } from './undo-decision.js'

let database: Database
useTestDatabase((opened) => (database = opened.database))

const most = 24
const keyOf = (streamId: string, n: number, kind = 'still') => `evidence/${streamId}-${n}-${kind}.jpg`
const picture = (key: string) => ({ key, sha256: 'a'.repeat(64), size: 1 })

/** A hit each two seconds; the scores go up and down, and a character stands in it that the database will not look at. */
const hitOf = (streamId: string, n: number): SignalRaised & { streamTimeMs: number } => ({
  ...signal(streamId, String(n).padStart(4, '0')),
  score: 0.5 + ((n * 37) % 50) / 100,
  streamTimeMs: n * 2_000,
  evidence: { still: picture(keyOf(streamId, n)), preview: picture(keyOf(streamId, n, 'preview')), codes: ['\0'] },
})
const hitsOf = (streamId: string, count: number) => Array.from({ length: count }, (_, n) => hitOf(streamId, n))
const namesOf = (hits: readonly { signalId: string }[]): string[] => hits.map(({ signalId }) => signalId).toSorted()
const kept = async (caseId: string): Promise<string[]> =>
  namesOf((await listCaseSignals(database, caseId, 1_000)).filter(({ still }) => still !== null))

let made = 0
test('a case keeps the same pictures in whatever order and bites its 200 hits come', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 20, max: 90 }), async (seed, bite) => {
      const streamId = `any-order-${(made += 1)}`
      const all = hitsOf(streamId, 200)
      // 200 and 7 have no common divisor: each hit once.
      const mixed = all.map((_, n) => hitOf(streamId, (n * 7 + seed) % 200))
      for (let at = 0; at < 200; at += bite) await grow(database, { streamId, signals: mixed.slice(at, at + bite) })
      const { caseId } = (await findOpenCase(database, streamId)) ?? { caseId: '' }
      expect(await kept(caseId)).toEqual(namesOf(chooseEvidence(all)))
      expect(await listCaseSignals(database, caseId, 1_000)).toHaveLength(200)
    }),
    { numRuns: 5 },
  )
}, 180_000)

test('200 hits one by one: never more than 24 pictures, the first is on the page, and the others are needed no more', async () => {
  const streamId = 'one-by-one'
  let caseId = ''
  for (const hit of hitsOf(streamId, 200)) {
    caseId = (await grow(database, { streamId, signals: [hit] })).caseId
    expect((await kept(caseId)).length).toBeLessThanOrEqual(most)
  }
  const chosen = namesOf(chooseEvidence(hitsOf(streamId, 200)))
  const shown = await listShownSignals(database, caseId, 10)
  expect(shown.filter(({ still }) => still !== null)).toHaveLength(chosen.length)
  expect(shown.map(({ seq }) => seq)).toEqual(shown.map(({ seq }) => seq).toSorted((a, b) => b - a))
  expect(shown.at(-1)?.signalId).toBe(hitOf(streamId, 0).signalId)
  expect(namesOf(shown)).toEqual(
    expect.arrayContaining(
      hitsOf(streamId, 200)
        .slice(-10)
        .map(({ signalId }) => signalId),
    ),
  )
  const keys = hitsOf(streamId, 200).flatMap((_, n) => [keyOf(streamId, n), keyOf(streamId, n, 'preview')])
  expect((await listNeededEvidence(database, keys)).size).toBe(2 * chosen.length)
}, 180_000)

test('what a person looked at stays; what was let go is not shown', async () => {
  const streamId = 'looked'
  const { caseId } = await grow(database, { streamId, signals: hitsOf(streamId, 20) })
  expect(await findCasePicture(database, caseId, keyOf(streamId, 11))).toBe('still')
  expect(await findCasePicture(database, caseId, keyOf(streamId, 11, 'preview'))).toBe('preview')
  expect(await markLooked(database, { caseId, still: keyOf(streamId, 11), at: noon })).toBe(true)
  expect(await markLooked(database, { caseId, signalId: hitOf(streamId, 13).signalId, at: noon })).toBe(true)
  await grow(database, { streamId, signals: hitsOf(streamId, 400).slice(20) })
  const chosen = chooseEvidence(hitsOf(streamId, 400))
  expect(namesOf(chosen)).not.toContain(hitOf(streamId, 11).signalId)
  const looked = [hitOf(streamId, 11), hitOf(streamId, 13)]
  expect(await kept(caseId)).toEqual([...new Set(namesOf([...chosen, ...looked]))].toSorted())
  const gone = hitsOf(streamId, 400).findIndex(
    (hit, n) => n !== 11 && n !== 13 && !chosen.some((one) => one.signalId === hit.signalId),
  )
  expect(await findCasePicture(database, caseId, keyOf(streamId, gone))).toBeNull()
  expect(await markLooked(database, { caseId, still: keyOf(streamId, gone), at: noon })).toBe(false)
  expect(await markLooked(database, { caseId: 'another', still: keyOf(streamId, 11), at: noon })).toBe(false)
}, 180_000)

test('hits that go to the follow-up are chosen among themselves, and again when they come back', async () => {
  const streamId = 'follow-up'
  const row = await grow(database, { streamId, signals: hitsOf(streamId, 60) })
  const seen = await claimed(database, row)
  await grow(database, { streamId, signals: hitsOf(streamId, 200).slice(60) })
  const decided = await decide(database, { ...seen, action: 'warn-streamer' })
  const followUp = await findOpenCase(database, streamId)
  expect(await kept(decided.case.caseId)).toEqual(namesOf(chooseEvidence(hitsOf(streamId, 60))))
  expect(await kept(followUp?.caseId ?? '')).toEqual(namesOf(chooseEvidence(hitsOf(streamId, 200).slice(60))))
  const { decisionId } = decided.decision
  await undoDecision(database, { decisionId, actor: { kind: 'person', id: 'mo' }, now: after(1) })
  expect(await kept(row.caseId)).toEqual(namesOf(chooseEvidence(hitsOf(streamId, 200))))
}, 180_000)
