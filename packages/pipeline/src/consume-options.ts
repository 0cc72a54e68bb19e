import type { ErrorCode } from '@streamkeeper/contracts'
import { defaultBackOff, type BackOff } from './back-off.js'
import type { Outcome } from './outcome.js'
import type { EventLog, LogRecord } from './ports/event-log.js'
import type { StepContext, StepObserver } from './step.js'
import { systemTiming, type Timing } from './timing.js'

export interface ProcessContext extends StepContext {
  /**
   * Lets the next record of this key start although this one is not finished. The offset still counts only once
   * `process` has settled, in whatever order that comes. The record stays in flight, within the bounds: what waits for
   * a later record needs a time after which it finishes by itself.
   */
  readonly admitNext: () => void
  /** Aborted when nothing more will come for a while (revoke, stop): finish what waits for a later record. */
  readonly draining: AbortSignal
}

/** Why a record goes to the dead-letter topic. */
export interface Rejection {
  readonly code: ErrorCode
  readonly message: string
  /** The step that decided or failed. */
  readonly stage: string
  readonly attempts: number
  readonly firstSeenAt: Date
}

export interface ConsumerObserver extends StepObserver {
  /** A record reached its end. `label` is the reason of a drop or the code of a dead letter. */
  recordSettled?(event: {
    readonly topic: string
    readonly partition: number
    readonly fate: 'ok' | 'drop' | 'dlq'
    readonly label?: string
    readonly durationMs: number
  }): void
  /** Handling a record failed for an unknown reason. `isFenced`: its assignment had ended, so nothing follows. */
  recordFailed?(event: { readonly record: LogRecord; readonly error: unknown; readonly isFenced: boolean }): void
  partitionStarted?(event: { readonly topic: string; readonly partition: number; readonly generation: number }): void
  /** `isDrained` false: time ran out, and what was in flight is read again by the next owner. */
  partitionEnded?(event: {
    readonly topic: string
    readonly partition: number
    readonly generation: number
    readonly isDrained: boolean
  }): void
  /** Something failed on the way out, after the outcome was settled. */
  cleanUpFailed?(event: { readonly error: unknown }): void
}

export interface ConsumeOptions {
  readonly log: EventLog
  readonly group: string
  readonly topics: readonly string[]
  /** For readers to whom few, large batches matter more than time: see SubscribeOptions. */
  readonly gatherMs?: number
  /** Per partition: records that are admitted and not finished. */
  readonly maxInFlight: number
  /** Per partition: their bytes; a larger record runs alone. */
  readonly maxInFlightBytes: number
  /** Records of one key run in order. Default: the record's key; records without one run in any order. */
  readonly keyOf?: (record: LogRecord) => string
  /** Handles one record: usually `pipeline.run`. Any effect must be idempotent: a record may come again. */
  readonly process: (record: LogRecord, context: ProcessContext) => Promise<Outcome<unknown>>
  /** Resolves when the log has acknowledged the dead letter. Tried endlessly while it throws retriable errors. */
  readonly deadLetter: (record: LogRecord, rejection: Rejection) => Promise<void>
  /** Called once with the failure that ends the consumer; the process is expected to end. */
  readonly onFatal?: (error: unknown) => void
  readonly observer?: ConsumerObserver
  readonly timing?: Timing
  readonly backOff?: BackOff
  /** Offsets are stored at most so much later than they could be; default 200 ms. */
  readonly commitEveryMs?: number
  /** Pause between heartbeats while intake waits; default 1 s. */
  readonly heartbeatEveryMs?: number
  /** Without progress for so long the heartbeats stop; default 20 s. */
  readonly stallMs?: number
  /** How long a revoke or a stop waits for what is in flight; default 10 s. */
  readonly drainTimeoutMs?: number
}

export type ConsumeSettings = Required<Omit<ConsumeOptions, 'onFatal' | 'keyOf' | 'gatherMs'>> &
  Pick<ConsumeOptions, 'onFatal' | 'keyOf' | 'gatherMs'>

export function withDefaults(options: ConsumeOptions): ConsumeSettings {
  return {
    observer: {},
    timing: systemTiming,
    backOff: defaultBackOff,
    commitEveryMs: 200,
    heartbeatEveryMs: 1000,
    stallMs: 20_000,
    drainTimeoutMs: 10_000,
    ...options,
  }
}
