import type { ConsumeSettings } from './consume-options.js'
import { FencedError } from './errors.js'
import { ok } from './outcome.js'
import type { Assignment } from './ports/event-log.js'
import { runStep } from './run-step.js'
import type { RunContext } from './step.js'
import type { Suspects } from './suspects.js'
import type { Watermark } from './watermark.js'

export interface CommitterParts {
  readonly assignment: Assignment
  readonly watermark: Watermark
  readonly suspects: Suspects
  readonly settings: ConsumeSettings
  readonly context: RunContext
  /** Told what a scheduled commit failed with. */
  readonly onFailure: (error: unknown) => void
}

/** Stores the watermark and the suspects of one assignment: soon and coalesced, or at once. One commit at a time. */
export class Committer {
  readonly #parts: CommitterParts
  #scheduled = false
  #chain: Promise<void> = Promise.resolve()
  #committed: bigint | null = null
  #note: string | null

  constructor(parts: CommitterParts) {
    this.#parts = parts
    this.#note = parts.assignment.note
  }

  get committed(): bigint | null {
    return this.#committed
  }

  /** Commits within `commitEveryMs`; many calls make one commit. */
  schedule(): void {
    if (this.#scheduled || !this.#isBehind()) return
    this.#scheduled = true
    void this.#commitLater()
  }

  /** Commits at once what is finished. Throws FencedError when the assignment has ended. */
  flush(): Promise<void> {
    const commit = this.#chain.then(() => this.#commit())
    // Whoever asked gets the error; the next commit only waits its turn.
    this.#chain = commit.catch(() => undefined)
    return commit
  }

  async #commitLater(): Promise<void> {
    const { settings, context, onFailure } = this.#parts
    try {
      // At ticks of the clock, so that partitions that are behind commit together and the log can carry them as one.
      const untilTick = settings.commitEveryMs - (settings.timing.now() % settings.commitEveryMs)
      await settings.timing.sleep(untilTick, context.signal)
      this.#scheduled = false
      await this.flush()
    } catch (error) {
      if (!context.signal.aborted) onFailure(error)
    }
  }

  #isBehind(): boolean {
    const { watermark, suspects } = this.#parts
    return watermark.value !== this.#committed || suspects.note() !== this.#note
  }

  async #commit(): Promise<void> {
    const { settings, context } = this.#parts
    const runtime = { pipeline: settings.group, ...settings }
    const step = { name: 'commit', run: () => this.#commitOnce() }
    await runStep({ step, input: undefined, runtime }, context)
  }

  async #commitOnce(): Promise<ReturnType<typeof ok<void>>> {
    const { assignment, watermark, suspects } = this.#parts
    if (!assignment.isCurrent()) throw new FencedError(`${assignment.topic}:${assignment.partition} has moved`)
    const lastDone = watermark.value
    suspects.forget(lastDone)
    const note = suspects.note()
    if (lastDone === this.#committed && note === this.#note) return ok()
    await assignment.commit(lastDone, note)
    this.#committed = lastDone
    this.#note = note
    return ok()
  }
}
