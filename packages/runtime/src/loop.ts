import { backOffMs, systemTiming, type BackOff, type Timing } from '@streamkeeper/pipeline'
import type { Logger } from './logger.js'
import type { Metrics } from './metrics.js'
import type { Part, PartContext } from './parts.js'

export interface LoopOptions {
  readonly name: string
  /** Pause after a good run; a run never overlaps the one before. */
  readonly everyMs: number
  /** The signal is aborted at the stop: return or throw soon. */
  readonly run: (signal: AbortSignal, context: PartContext) => Promise<void>
  readonly logger: Logger
  readonly metrics: Metrics
  /** Told of each failed run. When it throws, the loop ends and the service fails with that error. */
  readonly onError?: (error: unknown) => void
  /** /healthz calls the loop stuck when no run ended for so long; default 60 s + 10 × everyMs. */
  readonly staleAfterMs?: number
  /** Pauses after failed runs; default from everyMs (at least 100 ms) up to 15 s or everyMs. */
  readonly backOff?: BackOff
  readonly timing?: Timing
}

/** Periodic work as a part. */
export function createLoop(options: LoopOptions): Part {
  const { name, everyMs, timing = systemTiming, staleAfterMs = 60_000 + 10 * everyMs } = options
  const stopped = new AbortController()
  const runOnce = createRun(options, stopped.signal)
  const pauseMs = createPause(options)
  let lastTick = timing.now()
  let ended: Promise<void> | undefined

  async function goRound(context: PartContext): Promise<void> {
    const { signal } = stopped
    for (let failures = 0; !signal.aborted;) {
      failures = (await runOnce(context)) ? 0 : failures + 1
      lastTick = timing.now()
      await timing.sleep(pauseMs(failures), signal).catch(unlessAborted(signal))
    }
  }

  return {
    name,
    start: (context) => {
      lastTick = timing.now()
      ended = goRound(context)
      return Promise.resolve()
    },
    stop: async () => {
      stopped.abort(new Error(`${name} is stopped`))
      // A failure is the service's to report, which watches `ended`.
      await ended?.catch(() => undefined)
    },
    get ended() {
      return ended
    },
    heartbeat: () => ({ at: lastTick, staleAfterMs }),
  }
}

function createRun(
  { name, run, logger, metrics, onError }: LoopOptions,
  signal: AbortSignal,
): (context: PartContext) => Promise<boolean> {
  const runs = metrics.counter('streamkeeper_loop_runs_total', 'Runs of periodic work', ['loop', 'outcome'])
  return async function runOnce(context) {
    try {
      await run(signal, context)
      runs.inc({ loop: name, outcome: 'ok' })
      return true
    } catch (err) {
      if (signal.aborted) return true
      runs.inc({ loop: name, outcome: 'error' })
      logger.warn({ err, loop: name }, 'run failed, trying again')
      onError?.(err)
      return false
    }
  }
}

function createPause({ everyMs, backOff, timing = systemTiming }: LoopOptions): (failures: number) => number {
  const firstMs = Math.max(100, everyMs)
  const after = backOff ?? { firstMs, capMs: Math.max(15_000, firstMs) }
  return (failures) => (failures === 0 ? everyMs : backOffMs(failures, after, timing))
}

function unlessAborted(signal: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!signal.aborted) throw error
  }
}
