import type { Outcome } from './outcome.js'

/** What the owner of a run (the consumer, or a test) gives to every step. */
export interface RunContext {
  /** Aborted when nobody wants the result any more: stop, and cause no further effect. */
  readonly signal: AbortSignal
  /**
   * Says that the run is alive; a long step calls it as it gets on. `waitMs` declares a back-off of that length:
   * until then silence is no sign of being stuck.
   */
  readonly progress: (waitMs?: number) => void
  /** Told the name of each step as it begins: the last one is the `stage` of a dead letter. */
  readonly entered?: (step: string) => void
}

export interface StepContext extends RunContext {
  /** 1 for the first try of this step with this input. */
  readonly attempt: number
}

/** One named thing that a pipeline does. The name is the metric label and the `stage` of a dead letter. */
export interface Step<In, Out> {
  readonly name: string
  run(input: In, context: StepContext): Promise<Outcome<Out>>
  readonly deadline?: Deadline<In, Out>
}

/**
 * When the step, its retries and waits together took `giveUpAfterMs`, its signal is aborted, a late result is ignored
 * and `orElse` decides: a `dlq`, an `ok` with a declared fallback, or `retry`, which starts anew after a back-off.
 */
export interface Deadline<In, Out> {
  readonly giveUpAfterMs: number
  orElse(input: In, cause: DeadlineError): Outcome<Out>
}

/** A step did not settle in its time. `cause` is the last retriable failure, if there was one. */
export class DeadlineError extends Error {
  override readonly name: string = 'DeadlineError'
  readonly retriable = true
}

export interface StepEnded {
  readonly pipeline: string
  readonly step: string
  readonly outcome: Outcome<unknown>['kind'] | 'unknown'
  readonly durationMs: number
}

export interface StepRetried {
  readonly pipeline: string
  readonly step: string
  readonly attempt: number
  readonly waitMs: number
  readonly reason: string
  readonly error: Error
}

/** For metrics and logs. Must not throw. */
export interface StepObserver {
  /** After every attempt. */
  stepEnded?(event: StepEnded): void
  /** Before every back-off. */
  stepRetried?(event: StepRetried): void
  /** A step that was given up at its deadline failed afterwards. */
  stepFailedLate?(event: { readonly pipeline: string; readonly step: string; readonly error: unknown }): void
}
