import { startHealthServer, type HealthAddress, type HealthServer, type Heartbeat } from './health-server.js'
import type { Logger } from './logger.js'
import type { Metrics } from './metrics.js'
import { startParts, stopParts, type Part } from './parts.js'
import { createReadiness, type DependencyCheck, type ReadinessReport } from './readiness.js'

export type ServiceState = 'STARTING' | 'RUNNING' | 'STOPPING' | 'STOPPED' | 'FAILED'

/** Something was asked of a service that its state does not allow. */
export class WrongStateError extends Error {
  override readonly name = 'WrongStateError'
  constructor(what: string, state: ServiceState) {
    super(`cannot ${what} while ${state}`)
  }
}

export interface ServiceOptions {
  readonly name: string
  readonly logger: Logger
  readonly metrics: Metrics
  /** Started in this order, stopped in reverse. */
  readonly parts: readonly Part[]
  readonly dependencies: Readonly<Record<string, DependencyCheck>>
  readonly health: HealthAddress
  /** For the whole stop in milliseconds; below the 30 s after which supervisors kill. */
  readonly stopDeadlineMs?: number
}

export interface Service {
  readonly name: string
  readonly logger: Logger
  readonly state: ServiceState
  /** http://host:port of /healthz, /readyz and /metrics, from the start on. */
  readonly healthAddress: string | null
  /** Resolves when stopped; rejects with the first failure once the parts are stopped. */
  readonly ended: Promise<void>
  /** Once. Throws the first error, or the signal's reason, after rolling back. */
  start(signal?: AbortSignal): Promise<void>
  /** Only while RUNNING. Drains, stops in reverse; throws the first error or StopDeadlineError. */
  stop(): Promise<void>
  /** Ends the service as FAILED: parts are stopped, not drained. */
  fail(error: unknown): void
  /** For tests: starts, runs the work, stops; rejects when work or service fail. */
  runUntil<T>(work: () => Promise<T>): Promise<T>
}

/** Puts parts together to a service. Nothing runs before `start`. */
export function createService(options: ServiceOptions): Service {
  return new PartsService(options)
}

class PartsService implements Service {
  readonly name: string
  readonly logger: Logger
  readonly ended: Promise<void>
  readonly #options: ServiceOptions
  readonly #parts: readonly Part[]
  readonly #giveUp = new AbortController()
  readonly #readiness: () => Promise<ReadinessReport>
  readonly #deadlineMs: number
  #state: ServiceState = 'STARTING'
  #begun = false
  #health: HealthServer | null = null
  #failure: { readonly error: unknown } | null = null
  #resolveEnded = (): void => undefined
  #rejectEnded = (_error: unknown): void => undefined

  constructor(options: ServiceOptions) {
    this.#options = options
    this.name = options.name
    this.logger = options.logger
    this.#deadlineMs = options.stopDeadlineMs ?? 25_000
    this.#parts = [this.#healthPart(), ...options.parts]
    const up = options.metrics.gauge('streamkeeper_dependency_up', '1 when the dependency answers', ['dependency'])
    this.#readiness = createReadiness(options.dependencies, {
      onAnswer: (dependency, isUp) => up.set({ dependency }, isUp ? 1 : 0),
    })
    this.ended = new Promise((resolve, reject) => {
      this.#resolveEnded = resolve
      this.#rejectEnded = reject
    })
    // Whoever starts or stops the service gets the error too; not everybody listens here.
    this.ended.catch(() => undefined)
  }

  get state(): ServiceState {
    return this.#state
  }

  get healthAddress(): string | null {
    return this.#health?.address ?? null
  }

  async start(signal?: AbortSignal): Promise<void> {
    if (this.#begun) throw new WrongStateError('start', this.#state)
    this.#begun = true
    const own = this.#giveUp.signal
    const context = {
      signal: signal === undefined ? own : AbortSignal.any([signal, own]),
      areDependenciesUp: async () => (await this.#readiness()).ok,
    }
    const { logger } = this
    const onStarted = (part: Part): void => this.#watch(part)
    const onAllStarted = (): void => void (this.#state = 'RUNNING')
    try {
      await startParts(this.#parts, context, { logger, deadlineMs: this.#deadlineMs, onStarted, onAllStarted })
    } catch (error) {
      this.#state = 'FAILED'
      this.#rejectEnded(error)
      throw error
    }
  }

  async stop(): Promise<void> {
    if (this.#state !== 'RUNNING') throw new WrongStateError('stop', this.#state)
    this.#state = 'STOPPING'
    await this.#end(true)
    if (this.#failure !== null) throw this.#failure.error
  }

  fail(error: unknown): void {
    this.logger.error({ err: error, state: this.#state }, 'service failed')
    if (this.#state === 'STOPPED' || this.#state === 'FAILED') return
    this.#failure ??= { error }
    if (this.#state === 'STARTING') this.#giveUp.abort(error)
    if (this.#state !== 'RUNNING') return
    this.#state = 'FAILED'
    void this.#end(false)
  }

  async runUntil<T>(work: () => Promise<T>): Promise<T> {
    await this.start()
    try {
      const early = this.ended.then(() => Promise.reject(new WrongStateError('go on', this.#state)))
      return await Promise.race([work(), early])
    } finally {
      if (this.#state === 'RUNNING') await this.stop()
    }
  }

  async #end(drain: boolean): Promise<void> {
    try {
      await stopParts(this.#parts, { logger: this.logger, deadlineMs: this.#deadlineMs, drain })
    } catch (error) {
      this.#failure ??= { error }
    }
    this.#state = this.#failure === null ? 'STOPPED' : 'FAILED'
    if (this.#failure === null) this.#resolveEnded()
    else this.#rejectEnded(this.#failure.error)
  }

  #watch(part: Part): void {
    part.ended?.then(
      () => {
        if (this.#state === 'STARTING' || this.#state === 'RUNNING')
          this.fail(new Error(`${part.name} ended by itself`))
      },
      (error: unknown) => this.fail(error),
    )
  }

  #healthPart(): Part {
    return {
      name: 'health',
      start: async () => {
        this.#health = await startHealthServer(this.#options.health, {
          service: this.name,
          state: () => this.#state,
          heartbeats: () => this.#heartbeats(),
          readiness: () => this.#readiness(),
          metrics: this.#options.metrics,
        })
      },
      stop: async () => this.#health?.close(),
    }
  }

  #heartbeats(): Record<string, Heartbeat> {
    return Object.fromEntries(
      this.#options.parts.flatMap((part) => (part.heartbeat === undefined ? [] : [[part.name, part.heartbeat()]])),
    )
  }
}
