import type { PartitionLag } from './ports/event-log.js'
import type { Timing } from './timing.js'

export interface StalledPartition extends PartitionLag {
  /** For how many milliseconds the offset has stood still although there was something to read. */
  readonly stalledMs: number
}

export interface ProgressWatchdog {
  /**
   * Tell it the lag now and then; it gives the partitions whose committed offset has not moved for `stallMs` while
   * there was lag all the time. `isExcused`: the partition waits for a dependency, as declared, so its clock starts anew.
   * Give only partitions that are yours.
   */
  observe(lags: readonly PartitionLag[], isExcused?: (partition: PartitionLag) => boolean): readonly StalledPartition[]
}

/** Finds out that a consumer has silently stopped. `clock` must not jump: what ends the process must not be a clock set. */
export function createProgressWatchdog({
  stallMs,
  clock,
}: {
  readonly stallMs: number
  readonly clock: Pick<Timing, 'now'>
}): ProgressWatchdog {
  let standing = new Map<string, { readonly committed: bigint; readonly since: number }>()
  return {
    observe(lags, isExcused = () => false) {
      const now = clock.now()
      const before = standing
      standing = new Map()
      return lags.flatMap((lag) => {
        if (lag.end <= lag.committed || isExcused(lag)) return []
        const id = `${lag.topic}:${lag.partition}`
        const known = before.get(id)
        const since = known?.committed === lag.committed ? known.since : now
        standing.set(id, { committed: lag.committed, since })
        return now - since >= stallMs ? [{ ...lag, stalledMs: now - since }] : []
      })
    },
  }
}
