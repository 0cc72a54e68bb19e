import {
  findStreamsForRetention,
  listOpenBatches,
  listOpenPlans,
  listOpenWindows,
  listSweepable,
  listWindowSegments,
  markSwept,
  planLog,
  planMedia,
} from '@streamkeeper/database'
import { isRetriable } from '@streamkeeper/pipeline'
import { crashPoint } from '@streamkeeper/runtime'
import type { Deps } from './deps.js'
import { groupBatches, keptForOf, logPlan, mediaPlans } from './plans.js'
import { seal } from './seal.js'

/** So many bytes of one partition are sealed before their time. */
const sealBytes = 16 * 1024 * 1024

/** One round: what is complete gets a plan, then open plans are carried out. */
export async function sealRound(deps: Deps, signal: AbortSignal): Promise<void> {
  await planWindows(deps, signal)
  await planBatches(deps, signal)
  crashPoint('archive.after-plan')
  await carryOut(deps, signal)
}

async function planWindows({ database, profile, now, logger }: Deps, signal: AbortSignal): Promise<void> {
  for (const window of await listOpenWindows(database, 200)) {
    signal.throwIfAborted()
    const segments = await listWindowSegments(database, window)
    const stream = (await findStreamsForRetention(database, [window.streamId])).get(window.streamId)
    if (stream === undefined) {
      logger.error({ streamId: window.streamId }, 'class of the stream is unknown, its window waits')
      continue
    }
    const at = new Date(now())
    const plans = mediaPlans(window, segments, stream, { profile, now: at })
    const keptFor = plans.flatMap((plan) => keptForOf(plan, [stream], { now: at }))
    await planMedia(database, { window, plans, keptFor, now: at })
  }
}

async function planBatches({ database, profile, now, sealAfterMs }: Deps, signal: AbortSignal): Promise<void> {
  const stagedBefore = new Date(now() - sealAfterMs)
  const open = await listOpenBatches(database, { stagedBefore, minBytes: sealBytes, limit: 2_000 })
  for (const batches of groupBatches(open)) {
    signal.throwIfAborted()
    const at = new Date(now())
    const streamIds = [...new Set(batches.flatMap((batch) => batch.streamIds))]
    const known = await findStreamsForRetention(database, streamIds)
    const streams = streamIds.map((streamId) => known.get(streamId) ?? { streamId, class: null, endedAt: null })
    const plan = logPlan(batches, streams, { profile, now: at })
    await planLog(database, { batches, plan, keptFor: keptForOf(plan, streams, { now: at }), now: at })
  }
}

/** A plan that cannot be carried out does not hold up the others; the round fails with the first one. */
async function carryOut(deps: Deps, signal: AbortSignal): Promise<void> {
  const errors: unknown[] = []
  for (const plan of await listOpenPlans(deps.database, 1_000)) {
    signal.throwIfAborted()
    try {
      await seal(deps, plan)
      deps.logger.debug({ key: plan.key }, 'object is sealed')
    } catch (err) {
      if (isRetriable(err)) throw err
      deps.logger.error({ err, key: plan.key }, 'object is not sealed')
      errors.push(err)
    }
  }
  if (errors.length > 0) throw errors[0]
}

/** One round: what is sealed and old enough leaves the spool. */
export async function sweepRound({ database, spool, spoolKeepMs, now, logger }: Deps, signal: AbortSignal) {
  const before = new Date(now() - spoolKeepMs)
  const swept: string[] = []
  for (const { spoolKey } of await listSweepable(database, { before, limit: 1_000 })) {
    signal.throwIfAborted()
    const { outcome } = await spool.remove(spoolKey)
    if (outcome === 'refused') logger.error({ spoolKey }, 'the spool does not let go')
    else swept.push(spoolKey)
  }
  await markSwept(database, swept, new Date(now()))
}
