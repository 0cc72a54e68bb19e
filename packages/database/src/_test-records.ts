import type { SignalRaised } from '@streamkeeper/contracts'
import { growCase, type CaseRow } from './cases.js'
import type { Database } from './database.js'
import type { Decide } from './decide.js'
import { claimCase } from './leases.js'
import { findPolicyStream } from './policy-signals.js'
import type { NewStream } from './streams.js'

export const noon = new Date('2025-06-01T12:00:00.000Z')
export const after = (ms: number): Date => new Date(noon.getTime() + ms)

export const policy = { name: 'default', version: '1', sha256: 'a'.repeat(64) }
export const reason = { label: 'TEST_CARD' as const, textForStreamer: 'The test card was on the picture.' }
export const rules = { undoMs: 10_000, immediateTiers: ['P0' as const], expireAfterMs: 60_000 }
export const person = { kind: 'person' as const, id: 'mo' }
export const machine = { action: 'blur-picture' as const, revertAfterMs: 30_000, revertCapMs: 120_000 }

export function newStream(streamId: string, offset = 0n): NewStream {
  return {
    start: {
      streamId,
      streamer: { accountId: `account-of-${streamId}` },
      title: 'Title',
      class: 'game',
      ingest: { address: '192.0.2.1', port: 1935 },
      startedAt: noon.toISOString(),
    },
    origin: { topic: 'live.sessions', partition: 0, offset, brokerAt: noon.getTime() },
  }
}

export function signal(streamId: string, n: number | string, severity = 60): SignalRaised {
  return {
    signalId: `${streamId}-signal-${n}`,
    streamId,
    lane: 'picture',
    label: 'TEST_CARD',
    score: 0.9,
    severity,
    source: policy,
    at: noon.toISOString(),
    shadow: false,
  }
}

export interface Growth {
  readonly streamId: string
  readonly signals: readonly SignalRaised[]
  readonly tier?: 'P0' | 'P1' | 'P2' | 'P3'
  readonly severity?: number
  readonly now?: Date
}

/** Puts hits into the stream's case, as escalate does. */
export async function grow(
  database: Database,
  { streamId, signals, tier = 'P2', severity = 60, now = noon }: Growth,
): Promise<CaseRow> {
  const stream = await findPolicyStream(database, streamId)
  const growth = { stream, signals, severity, tier, priority: severity, deadlineMs: 60_000, now }
  const grown = await database.transaction((tx) => growCase(tx, growth))
  if (grown === null) throw new Error('no case grew')
  return grown.case
}

/** The case in a person's hand, and what the person would say of it. */
export async function claimed(
  database: Database,
  { caseId }: Pick<CaseRow, 'caseId'>,
  more: Partial<Decide> = {},
): Promise<Decide> {
  const now = more.now ?? noon
  const row = await claimCase(database, { caseId, person: person.id, now, leaseMs: 60_000 })
  const { rows } = await database.pool.query<{ last: string }>(
    'select max(seq) as last from case_signals where case_id = $1',
    [caseId],
  )
  return {
    caseId,
    rules,
    reason,
    actor: person,
    expectedVersion: row.version,
    seenThroughSeq: Number(rows[0]?.last),
    leaseToken: row.leaseToken,
    action: 'warn-streamer',
    idempotencyKey: `key-${row.version}`,
    now,
    ...more,
  }
}
