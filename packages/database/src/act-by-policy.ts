import type { DecisionMade, MachineAction, Reason, Tier, Versioned } from '@streamkeeper/contracts'
import { eq } from 'drizzle-orm'
import { changeCase, queueCaseEvent, type CaseRow } from './cases.js'
import type { Queries } from './database.js'
import { issueCommand, type CommandRow } from './issue-commands.js'
import { queueEvent } from './outbox.js'
import { commands, decisions } from './schema/index.js'

export interface PolicyAction {
  readonly decisionId: string
  readonly machine: MachineAction
  readonly reason: Reason
  readonly policy: Versioned
  readonly seenThrough: string
  readonly now: Date
  readonly expireAfterMs: number
  /** Tiers whose commands go past one that still waits for its undo. */
  readonly immediateTiers: readonly Tier[]
}

/**
 * What a machine may do alone: a provisional command. The case stays open for a person. Within the transaction that grew
 * the case; the same decision id again changes nothing.
 */
export async function actByPolicy(tx: Queries, known: CaseRow, input: PolicyAction): Promise<CommandRow | null> {
  const { decisionId, machine, reason, policy, seenThrough, now, expireAfterMs } = input
  const immediate = input.immediateTiers.includes(known.tier)
  const { caseId, streamId, accountId } = known
  const decidedBy = { kind: 'policy' as const, id: `${policy.name} ${policy.version}` }
  const common = { decisionId, caseId, streamId, action: machine.action, reason, decidedBy }
  const inserted = await tx.orm
    .insert(decisions)
    .values({ ...common, seenThroughSeq: 0, decidedAt: now })
    .onConflictDoNothing()
    .returning()
  if (inserted.length === 0) return null
  if (await isInForce(tx, caseId, machine)) return null
  const target = { streamId, accountId }
  const command = await issueCommand(tx, {
    streamId,
    caseId,
    decisionId,
    reason,
    target,
    now,
    expireAfterMs,
    notBefore: now,
    immediate,
    action: machine.action,
    provisional: machine,
  })
  const data: DecisionMade = { ...common, seenThrough, decidedAt: now.toISOString() }
  await queueEvent(tx, streamId, { type: 'moderation.decision.made', id: decisionId, at: now, data })
  const row = await changeCase(tx, known, { updatedAt: now })
  await queueCaseEvent(tx, row, 'moderation.case.updated', now)
  return command
}

/** Two rules that ask for the same thing give one command. */
async function isInForce({ orm }: Queries, caseId: string, { action }: MachineAction): Promise<boolean> {
  const rows = await orm.select().from(commands).where(eq(commands.caseId, caseId))
  return rows.some((row) => row.action === action && row.provisional === 'running')
}
