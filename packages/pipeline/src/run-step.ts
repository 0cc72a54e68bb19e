import { backOffMs, type BackOff } from './back-off.js'
import { isRetriable } from './errors.js'
import { retry, type Outcome, type Retry, type Settled } from './outcome.js'
import { DeadlineError, type Deadline, type RunContext, type Step, type StepObserver } from './step.js'
import { reasonOf, type Timing } from './timing.js'

export interface StepRuntime {
  readonly pipeline: string
  readonly timing: Timing
  readonly backOff: BackOff
  readonly observer: StepObserver
}

/** One for all: an AbortError of its own for each step would cost more than the step. */
const inTime = new Error('the step was in time')

interface Run<In, Out> {
  readonly step: Step<In, Out>
  readonly input: In
  readonly runtime: StepRuntime
}

/**
 * Runs one step until it settles: backs off and tries again, endlessly, while a dependency is away.
 * Throws what nobody foresaw, and the signal's reason when it is aborted.
 */
export function runStep<In, Out>(run: Run<In, Out>, context: RunContext): Promise<Settled<Out>> {
  const { deadline } = run.step
  return deadline === undefined ? runUntilSettled(run, context) : runWithDeadline({ ...run, deadline }, context)
}

async function runUntilSettled<In, Out>(
  run: Run<In, Out>,
  context: RunContext,
  onRetry?: (error: Error) => void,
): Promise<Settled<Out>> {
  for (let attempt = 1; ; attempt += 1) {
    context.signal.throwIfAborted()
    const outcome = await runOnce(run, context, attempt)
    context.progress()
    if (outcome.kind !== 'retry') return outcome
    onRetry?.(outcome.error)
    await waitBefore(run, context, attempt, outcome)
  }
}

async function runOnce<In, Out>(run: Run<In, Out>, context: RunContext, attempt: number): Promise<Outcome<Out>> {
  const { step, input, runtime } = run
  const startedAt = runtime.timing.now()
  let kind: Outcome<Out>['kind'] | 'unknown' = 'unknown'
  context.entered?.(step.name)
  try {
    const { signal } = context
    const inner = { signal, attempt, ...forward(context) }
    const outcome = await step.run(input, inner)
    kind = outcome.kind
    return outcome
  } catch (error) {
    if (context.signal.aborted || !isRetriable(error)) throw error
    kind = 'retry'
    return retry(error)
  } finally {
    const durationMs = runtime.timing.now() - startedAt
    runtime.observer.stepEnded?.({ pipeline: runtime.pipeline, step: step.name, outcome: kind, durationMs })
  }
}

async function waitBefore<In, Out>(
  { step, runtime }: Run<In, Out>,
  context: RunContext,
  attempt: number,
  { reason, error, backOff = runtime.backOff }: Retry,
): Promise<void> {
  const waitMs = backOffMs(attempt, backOff, runtime.timing)
  runtime.observer.stepRetried?.({ pipeline: runtime.pipeline, step: step.name, attempt, waitMs, reason, error })
  context.progress(waitMs)
  await runtime.timing.sleep(waitMs, context.signal)
}

async function runWithDeadline<In, Out>(
  run: Run<In, Out> & { readonly deadline: Deadline<In, Out> },
  context: RunContext,
): Promise<Settled<Out>> {
  for (let round = 1; ; round += 1) {
    const result = await runOneRound(run, context)
    if (!(result instanceof DeadlineError)) return result
    context.signal.throwIfAborted()
    const outcome = run.deadline.orElse(run.input, result)
    if (outcome.kind !== 'retry') return outcome
    await waitBefore(run, context, round, outcome)
  }
}

async function runOneRound<In, Out>(
  run: Run<In, Out> & { readonly deadline: Deadline<In, Out> },
  context: RunContext,
): Promise<Settled<Out> | DeadlineError> {
  const { step, runtime, deadline } = run
  const round = new AbortController()
  const timer = new AbortController()
  const abort = (): void => round.abort(reasonOf(context.signal))
  if (context.signal.aborted) abort()
  context.signal.addEventListener('abort', abort, { once: true })
  let lastError: Error | undefined
  const inner = { signal: round.signal, ...forward(context) }
  const work = runUntilSettled(run, inner, (error) => (lastError = error))
  const late = runtime.timing.sleep(deadline.giveUpAfterMs, timer.signal).then(() => {
    const message = `${step.name}: not settled within ${deadline.giveUpAfterMs} ms`
    return new DeadlineError(message, lastError === undefined ? {} : { cause: lastError })
  })
  try {
    const first = await Promise.race([work, late])
    if (first instanceof DeadlineError) abandon(run, { work, round, reason: first })
    return first
  } finally {
    timer.abort(inTime)
    context.signal.removeEventListener('abort', abort)
  }
}

function abandon<In, Out>(
  { step, runtime }: Run<In, Out>,
  left: { work: Promise<unknown>; round: AbortController; reason: Error },
): void {
  left.round.abort(left.reason)
  left.work.catch((error: unknown) => {
    if (error !== left.reason) runtime.observer.stepFailedLate?.({ pipeline: runtime.pipeline, step: step.name, error })
  })
}

function forward(context: RunContext): Pick<RunContext, 'progress' | 'entered'> {
  return {
    progress: (waitMs) => context.progress(waitMs),
    entered: (step) => context.entered?.(step),
  }
}
