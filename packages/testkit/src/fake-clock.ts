import type { Timing } from '@streamkeeper/pipeline'

interface Sleeper {
  readonly at: number
  wake(): void
}

/** A Timing that stands still until told: `advance` wakes the sleepers in the order of their times. */
export class FakeClock implements Timing {
  #now: number
  readonly #sleepers = new Set<Sleeper>()
  readonly #chance: number

  constructor(start = Date.UTC(2026, 0, 1), chance = 0.5) {
    this.#now = start
    this.#chance = chance
  }

  now(): number {
    return this.#now
  }

  random(): number {
    return this.#chance
  }

  /** How many sleep: a test that ends with more than before leaks timers. */
  get sleeping(): number {
    return this.#sleepers.size
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.#sleepers.delete(sleeper)
        signal?.removeEventListener('abort', abort)
      }
      const abort = (): void => {
        end()
        reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'))
      }
      const sleeper = {
        at: this.#now + ms,
        wake: () => {
          end()
          resolve()
        },
      }
      if (signal?.aborted === true) return abort()
      signal?.addEventListener('abort', abort, { once: true })
      this.#sleepers.add(sleeper)
    })
  }

  /** Moves the time on, and lets everything that wakes on the way run as far as it can. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (let next = this.#nextDue(end); next !== undefined; next = this.#nextDue(end)) {
      this.#now = Math.max(this.#now, next.at)
      next.wake()
      await settle()
    }
    this.#now = end
  }

  #nextDue(end: number): Sleeper | undefined {
    let first: Sleeper | undefined
    for (const sleeper of this.#sleepers)
      if (sleeper.at <= end && (first === undefined || sleeper.at < first.at)) first = sleeper
    return first
  }
}

/** Lets everything that is ready run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
