import { topicName } from '@streamkeeper/contracts'
import {
  expireCommands,
  expireLeases,
  listCases,
  listQuietCuts,
  revertProvisionals,
  setPriorities,
  settleDark,
  type CaseRow,
} from '@streamkeeper/database'
import { priorityOf } from '@streamkeeper/policy'
import type { Deps } from '../deps.js'

/** How much longer a machine's action stays when nobody is there to look. */
const extendMs = 60_000
const queueLimit = 1_000

/** One round of what the clock decides: leases, expiry, provisional actions, the dark check, the queue. */
export async function tendCases(deps: Deps, watchGroup: string): Promise<void> {
  const now = new Date(deps.now())
  await expireLeases(deps.database, now)
  await expire(deps, now)
  await revert(deps, now)
  await checkDark(deps, now, watchGroup)
  await fillQueue(deps, now)
}

async function expire({ database, alarms }: Deps, now: Date): Promise<void> {
  for (const { commandId: subject, streamId, caseId, action } of await expireCommands(database, now)) {
    const message = `the platform never answered ${action}`
    await alarms.raise({ kind: 'command-expired', subject, streamId, caseId, message })
  }
}

async function revert({ database, policy, alarms }: Deps, now: Date): Promise<void> {
  const { extended } = await revertProvisionals(database, {
    now,
    extendMs,
    expireAfterMs: policy.commands.expireAfterMs,
  })
  for (const { commandId: subject, streamId, caseId, action } of extended) {
    await alarms.raise({
      kind: 'provisional-extended',
      subject,
      streamId,
      caseId,
      message: `nobody is signed in: ${action} stays in force`,
    })
  }
}

/** Silence proves a cut only once all media that the log holds has been read. */
async function checkDark({ database, log, policy, topicPrefix }: Deps, now: Date, watchGroup: string): Promise<void> {
  const ripe = await listQuietCuts(database, new Date(now.getTime() - policy.dark.silenceMs))
  if (ripe.length === 0) return
  const lags = await log.lag(watchGroup, [topicName(topicPrefix, 'moderation.segments')])
  if (lags.some(({ end, committed }) => end > committed)) return
  for (const one of ripe) await settleDark(database, one, { found: 'dark', now })
}

/** Puts every open case into the queue at its priority of now; a queue that was wiped is filled again by it. */
async function fillQueue({ database, queue }: Deps, now: Date): Promise<void> {
  const open = await listCases(database, { states: ['open'], limit: queueLimit }, now)
  const moved: { caseId: string; priority: number }[] = []
  const waiting = new Set(await queue.list(queueLimit))
  for (const one of open) {
    const priority = priorityNow(one, now)
    const hasMoved = Math.abs(priority - one.priority) > one.priority * 0.02
    if (hasMoved) moved.push({ caseId: one.caseId, priority })
    if (hasMoved || !waiting.has(one.caseId))
      await queue.put({
        caseId: one.caseId,
        streamId: one.streamId,
        tier: one.tier,
        priority,
        openedAt: one.openedAt.toISOString(),
      })
  }
  await setPriorities(database, moved)
  const isOpen = new Set(open.map((one) => one.caseId))
  for (const caseId of waiting) if (!isOpen.has(caseId) && open.length < queueLimit) await queue.remove(caseId)
}

function priorityNow({ severity, viewers, live, openedAt, deadlineAt }: CaseRow, now: Date): number {
  const deadlineMs = deadlineAt.getTime() - openedAt.getTime()
  return priorityOf({ severity, viewers, live, deadlineMs, ageMs: now.getTime() - openedAt.getTime() })
}
