import {
  FencedError,
  isFenced,
  RetriableError,
  type Assignment,
  type LogRecord,
  type SubscribeOptions,
  type Subscription,
} from '@streamkeeper/pipeline'
import type { Admin, Consumer, EachBatchPayload } from 'kafkajs'
import { PartitionStay, type Committed } from './partition-stay.js'
import { toOurError } from './kafka-errors.js'
import { toRecord } from './to-record.js'

/** A batch that is admitted within this time holds nothing up; a slower one gives its partition a pause. */
const graceMs = 20
/** Between a consumer that gave up and its next try. */
const restartMs = 500

export interface SubscriptionParts {
  readonly consumer: Consumer
  readonly admin: () => Promise<Admin>
  readonly options: SubscribeOptions
  readonly onFatal: (error: unknown) => void
}

/**
 * Drives one kafkajs consumer. A fetch of kafkajs waits for all of its batches, so a slow partition would hold up the
 * others: it is paused and its batch goes on beside. Commits are ours alone and fenced by generation.
 */
export class KafkaSubscription implements Subscription {
  readonly ended: Promise<void>
  readonly #parts: SubscriptionParts
  readonly #stays = new Map<string, PartitionStay>()
  readonly #busy = new Map<string, Promise<void>>()
  #committed: Promise<ReadonlyMap<string, Committed>> = Promise.resolve(new Map())
  #generation = 0
  #lastTick = Date.now()
  #isStopping = false
  #resolve = (): void => undefined
  #reject = (_error: unknown): void => undefined

  constructor(parts: SubscriptionParts) {
    this.#parts = parts
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.ended.catch(() => undefined)
  }

  async start(): Promise<void> {
    const { consumer, options } = this.#parts
    this.#listen()
    await consumer.connect()
    await consumer.subscribe({ topics: [...options.topics], fromBeginning: true })
    await this.#run()
  }

  async #run(): Promise<void> {
    await this.#parts.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 1_000,
      eachBatch: (payload) => this.#take(payload),
    })
  }

  lastTick(): number {
    return this.#lastTick
  }

  async stop(): Promise<void> {
    if (this.#isStopping) return
    this.#isStopping = true
    await this.#leave()
    this.#resolve()
  }

  async #leave(): Promise<void> {
    try {
      await this.#parts.consumer.disconnect()
    } finally {
      this.#fenceAll()
    }
  }

  #listen(): void {
    const { consumer } = this.#parts
    const { GROUP_JOIN, FETCH, CRASH, REBALANCING } = consumer.events
    consumer.on(REBALANCING, () => this.#fenceAll())
    consumer.on(GROUP_JOIN, ({ payload }) => this.#joined(payload.memberAssignment))
    consumer.on(FETCH, () => (this.#lastTick = Date.now()))
    consumer.on(CRASH, ({ payload }) => {
      this.#fenceAll()
      if (!payload.restart) this.#goOn(payload.error)
    })
  }

  /** kafkajs gives up for good when no broker names the group's coordinator, as while Kafka starts: then we go on ourselves. */
  #goOn(cause: unknown): void {
    if (!(toOurError(cause, 'subscription') instanceof RetriableError)) return this.#fail(cause)
    setTimeout(() => {
      if (!this.#isStopping) this.#restart().catch((failure: unknown) => this.#goOn(failure))
    }, restartMs)
  }

  async #restart(): Promise<void> {
    await this.#parts.consumer.connect()
    await this.#run()
  }

  #joined(assigned: Readonly<Record<string, readonly number[]>>): void {
    this.#fenceAll()
    this.#generation += 1
    this.#committed = this.#readCommitted(Object.keys(assigned))
    // An answer that fails is asked for again by the first batch; nobody else must stumble over it.
    this.#committed.catch(() => undefined)
    const paused = this.#parts.consumer.paused()
    if (paused.length > 0) this.#parts.consumer.resume(paused)
  }

  #fenceAll(): void {
    for (const stay of this.#stays.values()) stay.fence()
    this.#stays.clear()
    this.#busy.clear()
  }

  async #readCommitted(topics: readonly string[]): Promise<ReadonlyMap<string, Committed>> {
    if (topics.length === 0) return new Map()
    const admin = await this.#parts.admin()
    const found = await admin.fetchOffsets({ groupId: this.#parts.options.group, topics: [...topics] })
    return new Map(
      found.flatMap(({ topic, partitions }) =>
        partitions.map(
          ({ partition, offset, metadata }) =>
            [
              placeOf(topic, partition),
              { next: BigInt(offset), note: metadata === null || metadata === '' ? null : metadata },
            ] as const,
        ),
      ),
    )
  }

  /** kafkajs goes on when this resolves: at once when the batch was admitted quickly, else with the partition paused. */
  async #take(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload
    const { topic, partition } = batch
    const place = placeOf(topic, partition)
    const generation = this.#generation
    const last = batch.messages.at(-1)
    if (last === undefined || this.#isStopping || this.#busy.has(place)) return
    const records = batch.messages.map((message) => toRecord(topic, partition, message))
    const stay = await this.#stayOf(topic, partition, records)
    if (generation !== this.#generation || !payload.isRunning() || payload.isStale()) return
    payload.resolveOffset(last.offset)
    const work = this.#hand(stay, records)
    this.#busy.set(place, work)
    const isDone = await Promise.race([
      work.then(() => true),
      new Promise<false>((resolve) => setTimeout(() => resolve(false), graceMs)),
    ])
    if (isDone) return this.#free(place, work)
    this.#parts.consumer.pause([{ topic, partitions: [partition] }])
    void work.then(() => this.#resume(place, work, { topic, partition }))
  }

  #free(place: string, work: Promise<void>): void {
    if (this.#busy.get(place) === work) this.#busy.delete(place)
  }

  #resume(place: string, work: Promise<void>, { topic, partition }: { topic: string; partition: number }): void {
    if (this.#busy.get(place) !== work) return
    this.#busy.delete(place)
    if (!this.#isStopping) this.#parts.consumer.resume([{ topic, partitions: [partition] }])
  }

  async #stayOf(topic: string, partition: number, records: readonly LogRecord[]): Promise<PartitionStay> {
    const place = placeOf(topic, partition)
    const known = this.#stays.get(place)
    if (known !== undefined) return known
    const generation = this.#generation
    const committed = (await this.#committed).get(place) ?? { next: -1n, note: null }
    const first = records[0]?.offset ?? 0n
    const { consumer } = this.#parts
    const stay = new PartitionStay({
      topic,
      partition,
      generation,
      consumer,
      note: committed.note,
      next: committed.next < 0n ? first : committed.next,
    })
    if (generation === this.#generation) this.#stays.set(place, stay)
    return stay
  }

  /** Never rejects: a failure of the handler ends the subscription. */
  async #hand(stay: PartitionStay, records: readonly LogRecord[]): Promise<void> {
    const assignment: Assignment = stay
    try {
      await this.#parts.options.onBatch({
        assignment,
        records,
        heartbeat: async () => {
          if (!stay.isCurrent()) throw new FencedError(`${stay.topic}:${stay.partition} moved on`)
        },
      })
    } catch (error) {
      if (!isFenced(error) && stay.isCurrent()) this.#fail(error)
    }
  }

  #fail(cause: unknown): void {
    if (this.#isStopping) return
    this.#isStopping = true
    this.#reject(toOurError(cause, 'subscription'))
    this.#leave().catch((err: unknown) => this.#parts.onFatal(err))
  }
}

function placeOf(topic: string, partition: number): string {
  return `${topic}\0${partition}`
}
