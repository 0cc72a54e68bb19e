import { reasonOf } from '@streamkeeper/pipeline'
import type { Heartbeat } from './health-server.js'
import type { Logger } from './logger.js'
import { withDeadline } from './with-deadline.js'

export interface PartContext {
  /** Aborted when the start is given up. */
  readonly signal: AbortSignal
  /** Whether every dependency of the service answers now. */
  readonly areDependenciesUp: () => Promise<boolean>
}

/** Something that a service starts and stops: a connection, a consumer, a server, a loop. */
export interface Part {
  readonly name: string
  /** A part whose start rejects has cleaned up by itself. */
  start(context: PartContext): Promise<void>
  stop(): Promise<void>
  /** Takes nothing new and finishes what it has, while all other parts still work. Called before any stop. */
  drain?(): Promise<void>
  /** Read after the start. Rejects, or resolves without a stop, when the part has ended by itself: the service fails. */
  readonly ended?: Promise<void> | undefined
  /** For parts that go round: shown by /healthz. */
  heartbeat?(): Heartbeat
}

/** The stop took longer than it may; what is still open is named. */
export class StopDeadlineError extends Error {
  override readonly name = 'StopDeadlineError'
  constructor(
    readonly deadlineMs: number,
    readonly open: readonly string[],
  ) {
    super(`not stopped within ${deadlineMs} ms: ${open.join(', ')}`)
  }
}

export interface StopOptions {
  readonly logger: Logger
  /** For the whole stop, all parts together. */
  readonly deadlineMs: number
  readonly drain: boolean
}

export interface StartOptions extends Omit<StopOptions, 'drain'> {
  readonly onStarted: (part: Part) => void
  /** Called in the same turn as the last look at the signal: from here on nothing is rolled back. */
  readonly onAllStarted: () => void
}

/**
 * Starts the parts in order. When one fails or the signal is aborted, stops those that run in reverse and throws the
 * first error; errors of that stop are logged.
 */
export async function startParts(parts: readonly Part[], context: PartContext, options: StartOptions): Promise<void> {
  const started: Part[] = []
  try {
    for (const part of parts) {
      await startPart(part, context, options.logger)
      started.push(part)
      options.onStarted(part)
    }
    context.signal.throwIfAborted()
    options.onAllStarted()
  } catch (error) {
    await stopParts(started, { ...options, drain: false }).catch((err: unknown) => {
      options.logger.error({ err }, 'roll-back of the start failed')
    })
    throw error
  }
}

async function startPart(part: Part, context: PartContext, logger: Logger): Promise<void> {
  const { signal } = context
  signal.throwIfAborted()
  let abort = (): void => undefined
  const aborted = new Promise<never>((_, reject) => (abort = () => reject(reasonOf(signal))))
  signal.addEventListener('abort', abort, { once: true })
  const start = part.start(context)
  try {
    await Promise.race([start, aborted])
    logger.debug({ part: part.name }, 'part started')
  } catch (error) {
    start.catch((err: unknown) => err === error || logger.warn({ err, part: part.name }, 'given-up start failed'))
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/**
 * Drains all parts in reverse, then stops them in reverse; an error does not keep the others from being stopped.
 * Throws the first error when all is done, StopDeadlineError when it is not done in time.
 */
export async function stopParts(parts: readonly Part[], { logger, deadlineMs, drain }: StopOptions): Promise<void> {
  const reversed = [...parts].reverse()
  const open = new Set(reversed.map((part) => part.name))
  const errors: unknown[] = []
  async function attempt(part: Part, what: 'drain' | 'stop'): Promise<void> {
    try {
      await part[what]?.()
    } catch (err) {
      errors.push(err)
      logger.error({ err, part: part.name, what }, 'part did not end well')
    }
  }
  async function stopAll(): Promise<void> {
    if (drain) for (const part of reversed) await attempt(part, 'drain')
    for (const part of reversed) {
      await attempt(part, 'stop')
      open.delete(part.name)
      logger.debug({ part: part.name }, 'part stopped')
    }
  }
  await withDeadline(stopAll(), deadlineMs, () => new StopDeadlineError(deadlineMs, [...open]))
  if (errors.length > 0) throw errors[0]
}
