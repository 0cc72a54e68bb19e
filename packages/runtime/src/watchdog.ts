import { createProgressWatchdog, type ConsumerStats, type EventLog, type PartitionLag } from '@streamkeeper/pipeline'
import { createLoop } from './loop.js'
import type { Logger } from './logger.js'
import type { Metrics } from './metrics.js'
import type { Part, PartContext } from './parts.js'

export interface WatchdogOptions {
  readonly log: Pick<EventLog, 'lag'>
  readonly group: string
  readonly topics: readonly string[]
  readonly logger: Logger
  readonly metrics: Metrics
  /** Lag that stands and offsets that do not move for so long end the service; default 60 s. */
  readonly stallMs?: number
  /** Default 5 s. */
  readonly everyMs?: number
  /** A consumer's own word: its partitions that wait for a dependency are no stall. */
  readonly stats?: () => ConsumerStats
  /** Which partitions are this process's to answer for; default all of the group. */
  readonly isMine?: (partition: PartitionLag) => boolean
  /** Must not jump; default the time since the process began. */
  readonly clock?: { now(): number }
}

/** A consumer has silently stopped: there is something to read and its offsets stand still. */
export class StalledError extends Error {
  override readonly name = 'StalledError'
}

/**
 * Fails the service with StalledError when lag stands and offsets do not move. While a dependency does not answer, or
 * the log cannot tell the lag, the clock starts anew: a process is not ended for a dependency that is away.
 */
export function createWatchdog(options: WatchdogOptions): Part {
  const { group, topics, log, logger, metrics, stallMs = 60_000, everyMs = 5000 } = options
  const { isMine = () => true, clock = { now: () => performance.now() } } = options
  const progress = createProgressWatchdog({ stallMs, clock })
  const lagGauge = createLagGauge(metrics, group)

  async function look(_signal: AbortSignal, context: PartContext): Promise<void> {
    const lags = await log.lag(group, topics).catch((error: unknown) => {
      progress.observe([])
      throw error
    })
    lagGauge(lags)
    const isUp = await context.areDependenciesUp()
    const waiting = partitionsThatWait(options.stats)
    const stalled = progress.observe(lags.filter(isMine), (lag) => !isUp || waiting.has(idOf(lag)))
    if (stalled.length > 0) throw new StalledError(describe(group, stalled))
  }

  function endWhenStalled(error: unknown): void {
    if (error instanceof StalledError) throw error
  }

  return createLoop({ name: `watchdog ${group}`, everyMs, run: look, onError: endWhenStalled, logger, metrics })
}

function createLagGauge(metrics: Metrics, group: string): (lags: readonly PartitionLag[]) => void {
  const gauge = metrics.gauge('streamkeeper_log_lag_records', 'Records that a group has not finished', [
    'group',
    'topic',
    'partition',
  ])
  return (lags) => {
    for (const { topic, partition, end, committed } of lags)
      gauge.set({ group, topic, partition: String(partition) }, Number(end - committed))
  }
}

function partitionsThatWait(stats: WatchdogOptions['stats']): ReadonlySet<string> {
  return new Set(
    stats?.()
      .partitions.filter((partition) => partition.isBackingOff)
      .map(idOf),
  )
}

function idOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}:${partition}`
}

function describe(group: string, stalled: readonly (PartitionLag & { readonly stalledMs: number })[]): string {
  const partitions = stalled.map((lag) => `${idOf(lag)} at ${lag.committed} of ${lag.end}`)
  return `${group} stands still for ${Math.max(...stalled.map((lag) => lag.stalledMs))} ms: ${partitions.join(', ')}`
}
