import { withDefaults, type ConsumeOptions, type ConsumeSettings } from './consume-options.js'
import { PartitionWorker, type PartitionStats } from './partition-worker.js'
import type { Assignment, RecordBatch, Subscription } from './ports/event-log.js'

export interface ConsumerStats {
  readonly partitions: readonly PartitionStats[]
  /** Milliseconds since the epoch of the last time the fetch loop went round. */
  readonly lastTick: number
}

export interface Consumer {
  /** Takes nothing new, and resolves when all that was admitted is finished and committed, however long that takes. */
  drain(): Promise<void>
  /** Drains for at most `drainTimeoutMs`, commits, and leaves the group. */
  stop(): Promise<void>
  /** Resolves after `stop`; rejects with the failure that ended the consumer. Await it: the process should end by it. */
  readonly ended: Promise<void>
  stats(): ConsumerStats
}

/**
 * Reads topics as a member of a group: in order within a key, concurrently between keys, at least once.
 * An offset is stored only when everything before it in its partition is finished.
 */
export async function consume(options: ConsumeOptions): Promise<Consumer> {
  const consumer = new GroupConsumer(withDefaults(options))
  await consumer.start()
  return consumer
}

class GroupConsumer implements Consumer {
  readonly ended: Promise<void>
  readonly #settings: ConsumeSettings
  readonly #workers = new Map<string, PartitionWorker>()
  #subscription: Subscription | null = null
  #failure: { readonly error: unknown } | null = null
  #isClosing = false
  #stopping: Promise<void> | null = null
  #resolve = (): void => undefined
  #reject = (_error: unknown): void => undefined
  #open: () => void = () => undefined
  readonly #closed: Promise<void>

  constructor(settings: ConsumeSettings) {
    this.#settings = settings
    this.#closed = new Promise((resolve) => (this.#open = resolve))
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  async start(): Promise<void> {
    const { log, group, topics, gatherMs } = this.#settings
    const onBatch = (batch: RecordBatch): Promise<void> => this.#take(batch)
    const onRevoke = (assignment: Assignment): Promise<void> => this.#revoke(assignment)
    this.#subscription = await log.subscribe({
      group,
      topics,
      onBatch,
      onRevoke,
      ...(gatherMs === undefined ? {} : { gatherMs }),
    })
    this.#subscription.ended.then(
      () => this.#subscriptionEnded(),
      (error: unknown) => this.#fail(error),
    )
    if (this.#failure !== null) this.#leave(this.#subscription)
  }

  stats(): ConsumerStats {
    const current = [...this.#workers.values()].filter((worker) => !worker.isFenced)
    const partitions = current.map((worker) => worker.stats())
    return { partitions, lastTick: this.#subscription?.lastTick() ?? 0 }
  }

  async drain(): Promise<void> {
    this.#isClosing = true
    await Promise.all([...this.#workers.values()].map((worker) => worker.drain(null)))
    if (this.#failure !== null) throw this.#failure.error
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    this.#isClosing = true
    const { drainTimeoutMs } = this.#settings
    await Promise.all([...this.#workers.values()].map((worker) => worker.retire(drainTimeoutMs)))
    this.#open()
    await this.#subscription?.stop()
    this.#resolve()
  }

  async #take(batch: RecordBatch): Promise<void> {
    const worker = await this.#workerOf(batch.assignment)
    await worker?.take(batch)
    if (worker?.isFenced === true && !worker.isRetired && batch.assignment.isCurrent())
      this.#fail(new Error(`${idOf(batch.assignment)}: fenced, and the log goes on handing out records`))
    if (this.#failure !== null) throw this.#failure.error
  }

  /** The worker of this very assignment; null when it is an old one, or the consumer is closing. */
  async #workerOf(assignment: Assignment): Promise<PartitionWorker | null> {
    const id = idOf(assignment)
    const known = this.#workers.get(id)
    if (known?.assignment.generation === assignment.generation) return known
    if (known !== undefined && known.assignment.generation > assignment.generation) return null
    if (this.#isClosing) {
      await this.#closed
      return null
    }
    known?.fence()
    const worker = new PartitionWorker(assignment, this.#settings, (error) => this.#fail(error))
    this.#workers.set(id, worker)
    return worker
  }

  /** The retired worker stays until the next assignment: the log may hand out a last batch before it fences. */
  async #revoke(assignment: Assignment): Promise<void> {
    const worker = this.#workers.get(idOf(assignment))
    if (worker?.assignment.generation === assignment.generation) await worker.retire(this.#settings.drainTimeoutMs)
  }

  #fail(error: unknown): void {
    if (this.#failure !== null) return
    this.#failure = { error }
    this.#isClosing = true
    for (const worker of this.#workers.values()) worker.fence()
    this.#open()
    this.#settings.onFatal?.(error)
    this.#reject(error)
    if (this.#subscription !== null) this.#leave(this.#subscription)
  }

  #leave(subscription: Subscription): void {
    subscription.stop().catch((error: unknown) => this.#settings.observer.cleanUpFailed?.({ error }))
  }

  #subscriptionEnded(): void {
    if (this.#stopping === null) this.#fail(new Error(`${this.#settings.group}: the subscription ended by itself`))
  }
}

function idOf({ topic, partition }: Assignment): string {
  return `${topic}:${partition}`
}
