import type { Subscription } from '@streamkeeper/pipeline'
import type { Part } from '@streamkeeper/runtime'
import type { Deps } from './deps.js'
import { createLogStage } from './stage-logs.js'

const staleAfterMs = 120_000
/** Each batch is a file, a row and a commit: fewer and larger ones cost less, and the log keeps them meanwhile. */
const gatherMs = 2_000

/** The consumer that keeps every record, whole batches at a time. */
export function createLogStagePart(deps: Deps, group: string, topics: readonly string[]): Part {
  const stopped = new AbortController()
  let subscription: Subscription | undefined
  const stop = async (): Promise<void> => {
    stopped.abort(new Error('archive is stopped'))
    await subscription?.stop()
  }
  return {
    name: 'stage logs',
    start: async () => {
      const onBatch = createLogStage(deps, stopped.signal)
      subscription = await deps.log.subscribe({ group, topics, gatherMs, onBatch })
    },
    drain: stop,
    stop,
    get ended() {
      return subscription?.ended
    },
    heartbeat: () => ({ at: subscription?.lastTick() ?? Date.now(), staleAfterMs }),
  }
}
