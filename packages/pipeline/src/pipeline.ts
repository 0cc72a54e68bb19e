import { defaultBackOff, type BackOff } from './back-off.js'
import { ok, type Settled } from './outcome.js'
import { runStep, type StepRuntime } from './run-step.js'
import type { RunContext, Step, StepObserver } from './step.js'
import { systemTiming, type Timing } from './timing.js'

export interface PipelineOptions {
  readonly timing?: Timing
  readonly backOff?: BackOff
  readonly observer?: StepObserver
}

/** Steps in order. Immutable: `step` gives a longer pipeline and leaves this one as it is. */
export interface Pipeline<In, Out> {
  readonly name: string
  readonly stepNames: readonly string[]
  /** Appends a step that takes what the last one gave. Throws when the name is taken. */
  step<Next>(step: Step<Out, Next>): Pipeline<In, Next>
  /**
   * Runs the steps until one of them gives something else than `ok`.
   * Throws what nobody foresaw, and the signal's reason when it is aborted.
   */
  readonly run: (input: In, context: RunContext) => Promise<Settled<Out>>
}

/** An empty pipeline: `createPipeline<LogRecord>('ingest').step(decode).step(check).step(publish)`. */
export function createPipeline<In>(name: string, options: PipelineOptions = {}): Pipeline<In, In> {
  const { timing = systemTiming, backOff = defaultBackOff, observer = {} } = options
  const runtime: StepRuntime = { pipeline: name, timing, backOff, observer }
  return extend(runtime, [], (input) => Promise.resolve(ok(input)))
}

function extend<In, Out>(
  runtime: StepRuntime,
  stepNames: readonly string[],
  run: (input: In, context: RunContext) => Promise<Settled<Out>>,
): Pipeline<In, Out> {
  return {
    name: runtime.pipeline,
    stepNames,
    run,
    step<Next>(step: Step<Out, Next>): Pipeline<In, Next> {
      if (stepNames.includes(step.name)) throw new Error(`${runtime.pipeline}: two steps are named ${step.name}`)
      return extend(runtime, [...stepNames, step.name], async (input, context) => {
        const before = await run(input, context)
        if (before.kind !== 'ok') return before
        return runStep({ step, input: before.value, runtime }, context)
      })
    },
  }
}
