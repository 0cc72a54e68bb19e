import { Committer } from './committer.js'
import type { ConsumeSettings } from './consume-options.js'
import { FencedError, isFenced, isRetriable } from './errors.js'
import { KeyedRunner, type KeyedItem } from './keyed-runner.js'
import { Liveness } from './liveness.js'
import type { Assignment, LogRecord, RecordBatch } from './ports/event-log.js'
import { handleRecord, type HandlerParts } from './record-handler.js'
import { Suspects } from './suspects.js'

/** One for all: an AbortError of its own for each batch costs a stack trace. */
const isTaken = new Error('nothing is waited for any more')

/** Counted for each record beside key and value: its headers and our bookkeeping. */
const overheadBytes = 1024

export interface PartitionStats {
  readonly topic: string
  readonly partition: number
  readonly generation: number
  readonly inFlight: number
  readonly inFlightBytes: number
  /** Last offset stored as finished by this assignment; null when none was. */
  readonly committed: bigint | null
  /** Waits for a dependency, as declared: offsets that stand still now are no sign of being stuck. */
  readonly isBackingOff: boolean
}

/** The work of one assignment: from its first batch until it is fenced, after which nothing of it counts. */
export class PartitionWorker {
  readonly assignment: Assignment
  readonly #settings: ConsumeSettings
  readonly #onFatal: (error: unknown) => void
  readonly #liveness: Liveness
  readonly #runner: KeyedRunner
  readonly #committer: Committer
  readonly #parts: HandlerParts
  readonly #fence = new AbortController()
  readonly #draining = new AbortController()
  readonly #ended: Promise<void>
  #lastTaken: bigint | null = null
  #isRetired = false

  constructor(assignment: Assignment, settings: ConsumeSettings, onFatal: (error: unknown) => void) {
    this.assignment = assignment
    this.#settings = settings
    this.#onFatal = onFatal
    this.#liveness = new Liveness(settings.stallMs, settings.timing)
    this.#runner = new KeyedRunner({ ...settings, onSettled: () => this.#onSettled() })
    const { signal } = this.#fence
    const context = { signal, progress: (waitMs?: number) => this.#liveness.progress(waitMs) }
    const suspects = new Suspects(assignment.note)
    const { watermark } = this.#runner
    const onFailure = (error: unknown): void => this.#fail(error)
    this.#committer = new Committer({ assignment, watermark, suspects, settings, context, onFailure })
    const saveSuspects = (): Promise<void> => this.#committer.flush()
    this.#parts = { settings, context, draining: this.#draining.signal, suspects, saveSuspects }
    this.#ended = new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    settings.observer.partitionStarted?.(assignment)
  }

  get isFenced(): boolean {
    return this.#fence.signal.aborted
  }

  /** It was given up as the log asked: batches that still come for it are nothing to worry about. */
  get isRetired(): boolean {
    return this.#isRetired
  }

  stats(): PartitionStats {
    const { topic, partition, generation } = this.assignment
    const { inFlight, inFlightBytes } = this.#runner
    const { committed } = this.#committer
    return {
      topic,
      partition,
      generation,
      inFlight,
      inFlightBytes,
      committed,
      isBackingOff: this.#liveness.isBackingOff,
    }
  }

  /** Resolves when all records are admitted, or the assignment has ended. Throws what handling a record failed with. */
  async take(batch: RecordBatch): Promise<void> {
    this.#liveness.progress()
    const beats = new AbortController()
    void this.#beat(batch, beats.signal)
    try {
      for (const record of batch.records) if (!(await this.#admit(record))) return
    } catch (error) {
      if (!this.isFenced) throw error
    } finally {
      beats.abort(isTaken)
    }
  }

  /** Finishes and commits what was admitted, within `withinMs`; true when all of it was. Takes nothing new. */
  async drain(withinMs: number | null): Promise<boolean> {
    if (this.isFenced) return false
    this.#draining.abort()
    const timer = new AbortController()
    const finished = this.#finish()
    if (withinMs === null) return finished
    const late = this.#settings.timing.sleep(withinMs, timer.signal).then(() => false)
    try {
      return await Promise.race([finished, late])
    } finally {
      timer.abort(isTaken)
    }
  }

  /** Drain first, fence second: the other way round, finished work would be refused and done twice. */
  async retire(withinMs: number): Promise<void> {
    this.#isRetired = true
    this.fence(await this.drain(withinMs))
  }

  /** Nothing of this assignment starts, commits or has effects from now on. */
  fence(isDrained = false): void {
    if (this.isFenced) return
    const { topic, partition, generation } = this.assignment
    this.#runner.fence()
    this.#draining.abort()
    this.#fence.abort(new FencedError(`${topic}:${partition}: generation ${generation} has ended`))
    this.#settings.observer.partitionEnded?.({ topic, partition, generation, isDrained })
  }

  async #finish(): Promise<boolean> {
    try {
      await this.#runner.drain()
      await this.#committer.flush()
      return true
    } catch (error) {
      if (this.#runner.failure === null) this.#fail(error)
      return false
    }
  }

  async #admit(record: LogRecord): Promise<boolean> {
    if (this.#lastTaken !== null && record.offset <= this.#lastTaken) return true
    if (!this.assignment.isCurrent()) this.fence()
    const isAdmitted = await this.#runner.admit(this.#itemOf(record))
    if (isAdmitted) this.#lastTaken = record.offset
    else await this.#ended
    return isAdmitted
  }

  #itemOf(record: LogRecord): KeyedItem {
    const { offset } = record
    const bytes = (record.value?.length ?? 0) + (record.key?.length ?? 0) + overheadBytes
    const key = this.#settings.keyOf?.(record) ?? record.key ?? `without key ${offset}`
    return { key, offset, bytes, handle: (admitNext) => handleRecord(this.#parts, record, admitNext) }
  }

  #onSettled(): void {
    this.#liveness.progress()
    const { failure } = this.#runner
    if (this.isFenced) return
    if (failure === null) this.#committer.schedule()
    else if (this.assignment.isCurrent()) this.#onFatal(failure.error)
    else this.fence()
  }

  /** For failures of commits and heartbeats, where a fence is no failure. */
  #fail(error: unknown): void {
    if (this.isFenced) return
    if (isFenced(error) || !this.assignment.isCurrent()) this.fence()
    else this.#onFatal(error)
  }

  /** Heartbeats while intake waits, as long as work gets on or waits as declared. */
  async #beat(batch: RecordBatch, signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        await this.#settings.timing.sleep(this.#settings.heartbeatEveryMs, signal)
        if (this.#liveness.isAlive) await batch.heartbeat()
      }
    } catch (error) {
      if (signal.aborted) return
      if (isRetriable(error)) this.#settings.observer.cleanUpFailed?.({ error })
      else this.#fail(error)
    }
  }
}
