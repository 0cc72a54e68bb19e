import type {
  EventLog,
  LogRecord,
  OutgoingRecord,
  PartitionLag,
  RecordPosition,
  SubscribeOptions,
  Subscription,
  TopicDifference,
  TopicSpec,
} from '@streamkeeper/pipeline'
import { RetriableError } from '@streamkeeper/pipeline'
import kafkajs, { type Admin } from 'kafkajs'
import { registerCodecs } from './codecs/register-codecs.js'
import { createKafkaLogger, type KafkaLogger } from './kafka-logger.js'
import { toPortError } from './to-port-error.js'
import { Publisher } from './publisher.js'
import { KafkaSubscription } from './kafka-subscription.js'
import { checkTopics, makeTopics } from './topics.js'
import { fetchBounds } from './fetch-bounds.js'
import { readRange } from './read-range.js'

// A CommonJS module: Node gives its values by the default export alone.
const { ConfigResourceTypes, Kafka, Partitioners } = kafkajs

const silent: KafkaLogger = { debug: () => undefined, warn: () => undefined }

export interface KafkaOptions {
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly tls?: boolean
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
    readonly username: string
    readonly password: string
  }
  readonly logger?: KafkaLogger
}

const partitionFetchBytes = 1024 * 1024

/** An EventLog on Apache Kafka. Nothing connects before the first call. */
export function createKafkaEventLog(options: KafkaOptions): EventLog {
  registerCodecs()
  return new KafkaEventLog(options)
}

class KafkaEventLog implements EventLog {
  readonly #kafka: InstanceType<typeof Kafka>
  readonly #publisher: Publisher
  readonly #subscriptions = new Set<Subscription>()
  readonly #partitionCounts = new Map<string, number>()
  readonly #logger: KafkaLogger | undefined
  #admin: Promise<Admin> | null = null

  constructor({ brokers, clientId, tls = false, sasl, logger }: KafkaOptions) {
    this.#logger = logger
    this.#kafka = new Kafka({
      brokers: [...brokers],
      clientId,
      ssl: tls,
      ...(sasl === undefined ? {} : { sasl: { ...sasl } as never }),
      logCreator: createKafkaLogger(logger),
      connectionTimeout: 5_000,
      requestTimeout: 30_000,
      // Short: our steps back off by themselves and say so; a consumer starts again without end.
      retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 2_000 },
    })
    const producer = this.#kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      metadataMaxAge: 60_000,
    })
    this.#publisher = new Publisher(producer, (topic) => this.#partitionCount(topic))
  }

  ensureTopics(specs: readonly TopicSpec[]): Promise<readonly TopicDifference[]> {
    return this.#ask('topics', async (admin) => {
      const made = await makeTopics(admin, specs)
      return checkTopics(
        admin,
        specs.filter((spec) => !made.has(spec.name)),
      )
    })
  }

  publish(records: readonly OutgoingRecord[]): Promise<readonly RecordPosition[]> {
    return this.#publisher.publish(records)
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    const maxBytesPerPartition = await this.#largestRecord(options.topics)
    const logger = this.#logger ?? silent
    const subscription = new KafkaSubscription({ ...options, kafka: this.#kafka, logger, maxBytesPerPartition })
    this.#subscriptions.add(subscription)
    await subscription.start()
    return subscription
  }

  /** What a fetch may bring of one partition: the largest record of the topics, at least 1 MiB. */
  #largestRecord(topics: readonly string[]): Promise<number> {
    return this.#ask('subscribe', async (admin) => {
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: topics.map((name) => {
          return { type: ConfigResourceTypes.TOPIC, name, configNames: ['max.message.bytes'] }
        }),
      })
      const limits = resources.flatMap(({ configEntries }) =>
        configEntries.map(({ configValue }) => Number(configValue)),
      )
      return Math.max(partitionFetchBytes, ...limits)
    })
  }

  /** A reader of its own without commits: for read-back and tests, not for the flow. */
  async read(...[topic, partition, from, limit]: Parameters<EventLog['read']>): Promise<readonly LogRecord[]> {
    const bounds = (await this.bounds(topic)).find((one) => one.partition === partition)
    if (bounds === undefined) throw new Error(`${topic} has no partition ${partition}`)
    const start = from < bounds.first ? bounds.first : from
    const end = start + BigInt(limit) < bounds.end ? start + BigInt(limit) : bounds.end
    if (start >= end) return []
    return readRange(this.#kafka, { topic, partition, start, end })
  }

  bounds(topic: string): Promise<readonly { partition: number; first: bigint; end: bigint }[]> {
    return this.#ask('bounds', async (admin) =>
      (await fetchBounds(admin, topic)).map(({ partition, low, high }) => ({
        partition,
        first: BigInt(low),
        end: BigInt(high),
      })),
    )
  }

  lag(group: string, topics: readonly string[]): Promise<readonly PartitionLag[]> {
    return this.#ask('lag', async (admin) => {
      const committed = await admin.fetchOffsets({ groupId: group, topics: [...topics] })
      const lags: PartitionLag[] = []
      for (const topic of topics) {
        const own = committed.find((one) => one.topic === topic)?.partitions ?? []
        for (const { partition, low, high } of await fetchBounds(admin, topic)) {
          const stored = BigInt(own.find((one) => one.partition === partition)?.offset ?? -1)
          lags.push({ topic, partition, end: BigInt(high), committed: stored < 0n ? BigInt(low) : stored })
        }
      }
      return lags
    })
  }

  async ping(): Promise<void> {
    await this.#ask('ping', (admin) => admin.describeCluster())
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.stop()))
    await this.#publisher.close()
    if (this.#admin !== null) await (await this.#admin).disconnect()
  }

  async #ask<T>(what: string, question: (admin: Admin) => Promise<T>): Promise<T> {
    try {
      return await question(await this.#connectedAdmin())
    } catch (error) {
      throw toPortError(error, what)
    }
  }

  #connectedAdmin(): Promise<Admin> {
    this.#admin ??= this.#connectAdmin().catch((error: unknown) => {
      this.#admin = null
      throw error
    })
    return this.#admin
  }

  async #connectAdmin(): Promise<Admin> {
    const admin = this.#kafka.admin()
    await admin.connect()
    return admin
  }

  /** Partitions are fixed for the life of a topic, so that a count once known stays right. */
  async #partitionCount(topic: string): Promise<number> {
    const known = this.#partitionCounts.get(topic)
    if (known !== undefined) return known
    const { topics } = await (await this.#connectedAdmin()).fetchTopicMetadata({ topics: [topic] })
    const count = topics[0]?.partitions.length ?? 0
    if (count === 0) throw new RetriableError(`publish: ${topic} has no partitions yet`)
    this.#partitionCounts.set(topic, count)
    return count
  }
}
