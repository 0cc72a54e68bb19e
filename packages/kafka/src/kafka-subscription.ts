import type { SubscribeOptions, Subscription } from '@streamkeeper/pipeline'
import type { Cluster, Consumer, EachBatchPayload, Kafka } from 'kafkajs'
import { GroupCommits } from './group-commits.js'
import { HandOver } from './hand-over.js'
import { createJoinGate, type Membership } from './join-gate.js'
import type { KafkaLogger } from './kafka-logger.js'
import { partitionId, readCommitted, type Committed } from './read-committed.js'
import { Stay } from './stay.js'
import { isRebalance, mayPass } from './to-port-error.js'
import { toLogRecord } from './to-log-record.js'

export interface SubscriptionSettings extends SubscribeOptions {
  readonly kafka: Kafka
  readonly logger: KafkaLogger
  /** Bytes that the broker may send of one partition at once; it sends a single larger record nevertheless. */
  readonly maxBytesPerPartition: number
}

// The partitions of a process that was killed stand still for so long: its successor waits for it to be given up.
// Processes that are killed again while they wait add up, so it is the least that brokers allow (group.min.session.timeout.ms).
const sessionTimeoutMs = 6_000
const heartbeatMs = 1_500
// A member that is killed while the group forms anew holds all others up for so long: far above what draining takes, and
// half of the minute within which all must go on.
const rebalanceTimeoutMs = 30_000
// Below the session's timeout, since no heartbeat is sent while the last work is drained.
const maxDrainMs = 4_500
// A handler tells of its progress far more often, also while it waits for a dependency.
const maxSilenceMs = 30_000
// The fetch of a partition that was held comes after the running one at the latest: short, for the sake of latency, but
// each turn asks for every partition, and an idle consumer does nothing else.
const maxWaitMs = 250
// So long a fetch waits for its handlers before it goes on without their partitions.
const graceMs = 20
// What held partitions may keep in memory before nothing more is fetched.
const maxHeldBytes = 64 * 1024 * 1024
const moreBytes = 16 * 1024 * 1024
// What a reader who gathers does not wait beyond.
const gatheredBytes = 1024 * 1024
const concurrency = 64
const longestPauseMs = 2_000

/** A member of a group that outlives its brokers: a consumer of kafkajs that has crashed is replaced by a new one. */
export class KafkaSubscription implements Subscription {
  readonly ended: Promise<void>
  readonly #settings: SubscriptionSettings
  readonly #handOver: HandOver
  readonly #stays = new Map<string, Promise<Stay>>()
  readonly #current = new Set<Stay>()
  readonly #joined: Promise<void>
  #resolveJoined = (): void => undefined
  #resolveEnded = (): void => undefined
  #rejectEnded = (_error: unknown): void => undefined
  #interrupt = (): void => undefined
  #consumer: Consumer | null = null
  #member: { membership: Membership; cluster: Cluster } | null = null
  #generation = 0
  #lastTick = Date.now()
  #isMoving = false
  #isOver = false
  #loop: Promise<void> = Promise.resolve()

  constructor(settings: SubscriptionSettings) {
    this.#settings = settings
    this.ended = new Promise((resolve, reject) => {
      this.#resolveEnded = resolve
      this.#rejectEnded = reject
    })
    // A subscription that fails before anybody looks must not end the process by an unhandled rejection.
    this.ended.catch((error: unknown) => settings.logger.debug({ error }, 'kafka subscription failed'))
    this.#joined = new Promise((resolve) => (this.#resolveJoined = resolve))
    const { onBatch } = settings
    const onFailure = (error: unknown): void => this.#fail(error)
    this.#handOver = new HandOver({ onBatch, onFailure, maxSilenceMs })
  }

  /** Resolves when the member has joined its group for the first time. */
  async start(): Promise<void> {
    this.#loop = this.#keepConsuming()
    await Promise.race([this.#joined, this.ended])
  }

  lastTick(): number {
    return this.#lastTick
  }

  async stop(): Promise<void> {
    this.#finish()
    this.#resolveEnded()
    await this.#consumer?.disconnect()
    await this.#loop
  }

  #fail(error: unknown): void {
    if (this.#isOver) return
    this.#rejectEnded(error)
    this.#finish()
  }

  #finish(): void {
    this.#isOver = true
    this.#fence()
    this.#handOver.close()
    this.#interrupt()
  }

  async #keepConsuming(): Promise<void> {
    for (let crashes = 0; !this.#isOver; crashes += 1) {
      const joinedBefore = this.#generation
      const crash = await this.#consumeUntilCrash()
      this.#fence()
      if (crash !== null && !mayPass(crash)) this.#fail(crash)
      if (this.#generation > joinedBefore) crashes = 0
      if (!this.#isOver) await this.#pause(Math.min(200 * 2 ** Math.min(crashes, 10), longestPauseMs))
    }
  }

  /** Runs one consumer of kafkajs to its end; what it crashed with, or null when it was stopped. */
  async #consumeUntilCrash(): Promise<unknown> {
    const consumer = this.#makeConsumer()
    this.#consumer = consumer
    try {
      const { topics } = this.#settings
      const over = new Promise<unknown>((resolve) => {
        consumer.on(consumer.events.CRASH, ({ payload }) => resolve(payload.error))
        this.#interrupt = () => resolve(null)
      })
      if (this.#isOver) return null
      await consumer.connect()
      await consumer.subscribe({ topics: [...topics], fromBeginning: true })
      if (this.#isOver) return null
      const running = consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: concurrency,
        eachBatch: (payload) => this.#take(payload),
      })
      return await Promise.race([over, running.then(() => over)])
    } catch (error) {
      return error
    } finally {
      await this.#leave(consumer)
    }
  }

  #makeConsumer(): Consumer {
    const { kafka, group, gatherMs, maxBytesPerPartition } = this.#settings
    const gate = createJoinGate({
      beforeJoin: (isKnown) => this.#giveUp(isKnown),
      joined: (membership, cluster) => (this.#member = { membership, cluster }),
    })
    const consumer = kafka.consumer({
      groupId: group,
      partitionAssigners: [gate],
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: heartbeatMs,
      rebalanceTimeout: rebalanceTimeoutMs,
      maxBytesPerPartition,
      maxBytes: maxBytesPerPartition + moreBytes,
      // Who gathers has the broker wait for more; a heartbeat goes out between two waits.
      maxWaitTimeInMs: gatherMs ?? maxWaitMs,
      minBytes: gatherMs === undefined ? 1 : gatheredBytes,
      allowAutoTopicCreation: false,
      retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 2000, restartOnFailure: () => Promise.resolve(false) },
    })
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => this.#begin(payload.memberAssignment))
    consumer.on(consumer.events.FETCH, () => {
      this.#lastTick = Date.now()
    })
    return consumer
  }

  async #leave(consumer: Consumer): Promise<void> {
    try {
      await consumer.disconnect()
    } catch (error) {
      this.#settings.logger.debug({ error }, 'kafka consumer could not leave in order')
    }
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#interrupt = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** A new set of partitions: reads what the group has committed, after the join so that nobody can commit behind it. */
  #begin(partitions: Readonly<Record<string, readonly number[]>>): void {
    const { group } = this.#settings
    const member = this.#member
    if (member === null || this.#isOver) return
    this.#fence()
    this.#isMoving = false
    this.#generation += 1
    const generation = this.#generation
    const found = readCommitted(member.cluster, group, partitions)
    const commits = new GroupCommits(group, member.membership, member.cluster)
    for (const [topic, numbers] of Object.entries(partitions))
      for (const partition of numbers) {
        const stay = found.then((committed) => {
          const { offset, note } = committed.get(partitionId(topic, partition)) ?? nothing
          const parts = { topic, partition, generation, commits, committed: offset, note }
          return this.#keep(new Stay(parts))
        })
        stay.catch((error: unknown) => this.#settings.logger.debug({ error }, 'kafka commits could not be read'))
        this.#stays.set(partitionId(topic, partition), stay)
      }
    this.#resolveJoined()
  }

  #keep(stay: Stay): Stay {
    if (this.#isOver || stay.generation !== this.#generation || this.#stays.size === 0) stay.end()
    else this.#current.add(stay)
    return stay
  }

  /** Before the member joins again: lets the work drain while commits still count, then fences. */
  async #giveUp(isKnown: boolean): Promise<void> {
    const { onRevoke } = this.#settings
    if (isKnown && onRevoke !== undefined && !this.#isOver) {
      const drains = [...this.#current].map((stay) => onRevoke(stay))
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, maxDrainMs)))
      const failed = (error: unknown): void => this.#fail(error)
      await Promise.race([Promise.all(drains).catch(failed), late])
      clearTimeout(timer)
    }
    this.#fence()
  }

  #fence(): void {
    for (const stay of this.#current) stay.end()
    this.#current.clear()
    this.#stays.clear()
  }

  async #take(payload: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = payload.batch
    const first = messages[0]
    const stay = await this.#stays.get(partitionId(topic, partition))
    if (stay === undefined || !stay.isCurrent() || first === undefined) return
    stay.beginAt(BigInt(first.offset))
    const records = messages.map((message) => toLogRecord(topic, partition, message))
    // The position of this process only; what counts after a crash is what the stay commits.
    payload.resolveOffset(payload.batch.lastOffset())
    const bytes = records.reduce((sum, record) => sum + (record.value?.length ?? 0), 0)
    const given = this.#handOver.give({ stay, records, bytes, heartbeat: () => this.#beat(payload) })
    if (await settlesWithin(given, graceMs)) return
    const resume = payload.pause()
    void given.then(resume)
    while (this.#handOver.heldBytes > maxHeldBytes && !this.#isMoving && !this.#isOver) await this.#handOver.changed()
  }

  /** A failed heartbeat is no news for the handler: the fetch loop meets the same error and joins again. */
  async #beat(payload: EachBatchPayload): Promise<void> {
    try {
      await payload.heartbeat()
    } catch (error) {
      if (isRebalance(error)) this.#isMoving = true
      this.#handOver.release()
      this.#settings.logger.debug({ error }, 'kafka heartbeat was not taken')
    }
  }
}

const nothing: Committed = { offset: null, note: null }

async function settlesWithin(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), ms)))
  const isDone = await Promise.race([work.then(() => true), late])
  clearTimeout(timer)
  return isDone
}
