import type { ErrorCode } from '@streamkeeper/contracts'
import type { BackOff } from './back-off.js'

/** What became of an input: a value, never an exception. An exception means that nobody foresaw it. */
export type Outcome<T> = Ok<T> | Drop | Dlq | Retry

/** An outcome that stands: the step's own back-off has used up every retry. */
export type Settled<T> = Exclude<Outcome<T>, Retry>

export interface Ok<T> {
  readonly kind: 'ok'
  readonly value: T
}

/** Rightly nothing to do, e.g. a duplicate. Counted by reason. */
export interface Drop {
  readonly kind: 'drop'
  readonly reason: string
}

/** Poison: the input itself is wrong and goes to the dead-letter topic; the key goes on. */
export interface Dlq {
  readonly kind: 'dlq'
  readonly code: ErrorCode
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** A dependency is away or busy: this one step is tried again after a back-off, for as long as it takes. */
export interface Retry {
  readonly kind: 'retry'
  readonly error: Error
  readonly reason: string
  /** How to wait; the pipeline's way unless given. */
  readonly backOff?: BackOff
}

export function ok<T>(value: T): Ok<T>
export function ok(): Ok<void>
export function ok(value?: unknown): Ok<unknown> {
  return { kind: 'ok', value }
}

/** `reason` is a short, fixed word: it becomes a metric label. */
export function drop(reason: string): Drop {
  return { kind: 'drop', reason }
}

/** `message` names the field or thing, for the person who must mend it. */
export function dlq(code: ErrorCode, message: string, details?: Readonly<Record<string, unknown>>): Dlq {
  return details === undefined ? { kind: 'dlq', code, message } : { kind: 'dlq', code, message, details }
}

/** `reason` is a short, fixed word: it becomes a metric label. `backOff`: for what is not broken but on its way. */
export function retry(error: Error, reason: string = error.name, backOff?: BackOff): Retry {
  return backOff === undefined ? { kind: 'retry', error, reason } : { kind: 'retry', error, reason, backOff }
}
