import { messageOf } from './error-facts.js'
import { scrubText } from './scrub.js'
import { withDeadline } from './with-deadline.js'

/** Resolves when the dependency answers; rejects when it does not. */
export type DependencyCheck = () => Promise<unknown>

export interface DependencyAnswer {
  readonly ok: boolean
  /** How long the answer took, in milliseconds. */
  readonly ms: number
  readonly error?: string
}

export interface ReadinessReport {
  readonly ok: boolean
  readonly dependencies: Readonly<Record<string, DependencyAnswer>>
}

export interface ReadinessOptions {
  /** After so many milliseconds without an answer a dependency is away. */
  readonly timeoutMs?: number
  /** A report is given again for so many milliseconds, so that askers do not load what they ask for. */
  readonly cacheMs?: number
  /** Told of each answer, for metrics. */
  readonly onAnswer?: (dependency: string, ok: boolean) => void
}

/** Asks all dependencies at once. The result never rejects; one run serves all who ask meanwhile. */
export function createReadiness(
  checks: Readonly<Record<string, DependencyCheck>>,
  { timeoutMs = 2000, cacheMs = 1000, onAnswer }: ReadinessOptions = {},
): () => Promise<ReadinessReport> {
  const askers = Object.entries(checks).map(([name, check]) => [name, createAsker(check, timeoutMs)] as const)
  let current: { report: Promise<ReadinessReport>; doneAt: number } | undefined

  async function askAll(): Promise<ReadinessReport> {
    const answers = await Promise.all(askers.map(async ([name, ask]) => [name, await ask()] as const))
    for (const [name, { ok }] of answers) onAnswer?.(name, ok)
    return { ok: answers.every(([, { ok }]) => ok), dependencies: Object.fromEntries(answers) }
  }

  return function check() {
    if (current !== undefined && performance.now() - current.doneAt < cacheMs) return current.report
    const started = { report: askAll(), doneAt: Infinity }
    current = started
    void started.report.then(() => (started.doneAt = performance.now()))
    return started.report
  }
}

function createAsker(check: DependencyCheck, timeoutMs: number): () => Promise<DependencyAnswer> {
  let open: Promise<unknown> | undefined
  return async function ask() {
    const startedAt = performance.now()
    const ms = (): number => Math.round(performance.now() - startedAt)
    // A question that was never answered is not asked again: unanswered ones would pile up.
    const question = (open ??= Promise.resolve()
      .then(check)
      .finally(() => (open = undefined)))
    try {
      await withDeadline(question, timeoutMs, () => new Error(`no answer within ${timeoutMs} ms`))
      return { ok: true, ms: ms() }
    } catch (error) {
      return { ok: false, ms: ms(), error: scrubText(messageOf(error)) }
    }
  }
}
