import { backOffMs, defaultBackOff, type BackOff } from './back-off.js'
import { isRetriable } from './errors.js'
import type { RunContext, StepObserver } from './step.js'
import { reasonOf, systemTiming, type Timing } from './timing.js'

export interface InOrderOptions {
  /** Stands in metrics as pipeline and step. */
  readonly pipeline: string
  readonly step: string
  readonly timing?: Timing
  readonly backOff?: BackOff
  readonly observer?: StepObserver
  /** Items of one key that travel together at most; default 500. */
  readonly most?: number
}

interface Waiting<Item> {
  readonly item: Item
  readonly context: RunContext
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Sends the items of a key in the order in which they were added, and what gathers meanwhile together. While a dependency is away
 * the same items are tried again and the others of the key wait behind them, so that the next of a key may be added before the
 * last one was sent. An item may be sent twice, never out of its order.
 */
export class InOrder<Item> {
  readonly #send: (items: readonly Item[]) => Promise<unknown>
  readonly #options: Required<InOrderOptions>
  readonly #queues = new Map<string, Waiting<Item>[]>()

  /** `send` resolves when all of its items are safe. What it throws that is not retriable is thrown for an item that fails alone. */
  constructor(send: (items: readonly Item[]) => Promise<unknown>, options: InOrderOptions) {
    this.#send = send
    this.#options = { timing: systemTiming, backOff: defaultBackOff, observer: {}, most: 500, ...options }
  }

  /** Resolves when the item was sent. Throws what nobody foresaw, and the signal's reason when it is aborted before. */
  add(key: string, item: Item, context: RunContext): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = { item, context, resolve, reject }
      const queue = this.#queues.get(key)
      if (queue !== undefined) queue.push(waiting)
      else void this.#run(key, [waiting])
    })
  }

  async #run(key: string, queue: Waiting<Item>[]): Promise<void> {
    this.#queues.set(key, queue)
    while (queue.length > 0) await this.#sendAll(queue.splice(0, this.#options.most))
    // In the same turn as the last look at what waits: a call in between would find nobody.
    this.#queues.delete(key)
  }

  async #sendAll(batch: readonly Waiting<Item>[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const wanted = batch.filter(isWanted)
      if (wanted.length === 0) return
      const failure = await this.#try(wanted)
      if (failure === null) return
      if (isRetriable(failure.error)) await this.#wait(wanted, attempt, failure.error)
      else if (wanted.length === 1) return wanted[0]?.reject(failure.error)
      else return this.#sendSingly(wanted)
    }
  }

  /** One of them cannot be sent: the others are, and it is told. */
  async #sendSingly(batch: readonly Waiting<Item>[]): Promise<void> {
    for (const one of batch) await this.#sendAll([one])
  }

  async #try(batch: readonly Waiting<Item>[]): Promise<{ readonly error: unknown } | null> {
    try {
      await this.#send(batch.map(({ item }) => item))
    } catch (error) {
      return { error }
    }
    for (const { context, resolve } of batch) {
      context.progress()
      resolve()
    }
    return null
  }

  async #wait(batch: readonly Waiting<Item>[], attempt: number, error: Error): Promise<void> {
    const { pipeline, step, timing, backOff, observer } = this.#options
    const waitMs = backOffMs(attempt, backOff, timing)
    observer.stepRetried?.({ pipeline, step, attempt, waitMs, reason: error.name, error })
    for (const { context } of batch) context.progress(waitMs)
    const signal = AbortSignal.any(batch.map(({ context }) => context.signal))
    // An abort ends the wait early; who is still wanted is asked again.
    await timing.sleep(waitMs, signal).catch(() => undefined)
  }
}

/** One whose signal was aborted is not sent any more. */
function isWanted({ context, reject }: Waiting<unknown>): boolean {
  if (!context.signal.aborted) return true
  reject(reasonOf(context.signal))
  return false
}
