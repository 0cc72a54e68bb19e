import type { SignalRaised } from '@streamkeeper/contracts'
import { claimCase, decide, findPolicyStream, growCase } from '@streamkeeper/database'
import type { Deps } from './deps.js'

/** A case of a stream that a person decides to cut; gives its id. */
export async function cutStream({ database, now, policy }: Deps, streamId: string): Promise<string> {
  const at = new Date(now())
  const signal: SignalRaised = {
    signalId: `${streamId}-hit`,
    streamId,
    lane: 'picture',
    label: 'TEST_CARD',
    score: 0.9,
    severity: 95,
    source: { name: 'test-card', version: '1', sha256: 'a'.repeat(64) },
    at: at.toISOString(),
    shadow: false,
  }
  const stream = await findPolicyStream(database, streamId)
  const growth = { stream, signals: [signal], severity: 95, tier: 'P0' as const, priority: 1, deadlineMs: 60_000 }
  const grown = await database.transaction((tx) => growCase(tx, { ...growth, now: at }))
  if (grown === null) throw new Error('no case grew')
  const { caseId } = grown.case
  const { version, leaseToken } = await claimCase(database, { caseId, person: 'mo', now: at, leaseMs: 60_000 })
  const { rows } = await database.pool.query<{ seq: string }>('select seq from case_signals where case_id = $1', [
    caseId,
  ])
  await decide(database, {
    caseId,
    action: 'cut-stream',
    actor: { kind: 'person', id: 'mo' },
    reason: { label: 'TEST_CARD', textForStreamer: 'A drill.' },
    rules: policy.commands,
    expectedVersion: version,
    seenThroughSeq: Number(rows[0]?.seq),
    leaseToken,
    idempotencyKey: 'once',
    now: at,
  })
  return caseId
}
