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
import type pg from 'pg'
import { attempt } from '../attempt.js'
import { openDatabase, type Database } from '../database.js'
import { migrate } from '../migrate.js'
import { fetchRecords } from './fetch-records.js'
import { Listener, type ListenerLogger } from './listener.js'
import { dropPeriods, makePeriods } from './periods.js'
import { PostgresSubscription } from './postgres-subscription.js'
import { Publisher } from './publisher.js'
import { findTopic, makeTopics } from './topics.js'

export interface PostgresLogOptions {
  readonly url: string
  /** Connections beside the one that listens; default 8. */
  readonly poolSize?: number
  readonly logger?: ListenerLogger
}

const tendEveryMs = 10 * 60 * 1000
/** Tables of short periods are made and dropped so much more often than they last. */
const turnsPerPeriod = 4

/** An EventLog in PostgreSQL, for one machine. Nothing connects before the first call. */
export function createPostgresEventLog(options: PostgresLogOptions): EventLog {
  return new PostgresEventLog(options)
}

class PostgresEventLog implements EventLog {
  readonly #database: Database
  readonly #pool: pg.Pool
  readonly #publisher: Publisher
  readonly #listener: Listener
  readonly #logger: ListenerLogger | undefined
  readonly #topics = new Map<string, TopicSpec>()
  readonly #subscriptions = new Set<Subscription>()
  #ready: Promise<void> | null = null
  #timer: NodeJS.Timeout | null = null
  #isClosed = false

  constructor({ url, poolSize = 8, logger }: PostgresLogOptions) {
    this.#database = openDatabase({ url, poolSize, ...(logger === undefined ? {} : { logger }) })
    this.#pool = this.#database.pool
    this.#logger = logger
    this.#listener = new Listener(url, logger)
    this.#publisher = new Publisher(this.#pool, (name) => this.#topic(name))
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<readonly TopicDifference[]> {
    await this.#prepare()
    const differences = await attempt(() => makeTopics(this.#pool, specs))
    // The first topics say for how long a table lasts.
    await this.#turnPeriods()
    return differences
  }

  publish(records: readonly OutgoingRecord[]): Promise<readonly RecordPosition[]> {
    return this.#publisher.publish(records)
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    await this.#prepare()
    const parts = { pool: this.#pool, listener: this.#listener, logger: this.#logger }
    const subscription = new PostgresSubscription(options, parts)
    this.#subscriptions.add(subscription)
    await subscription.start()
    return subscription
  }

  async read(topic: string, partition: number, from: bigint, limit: number): Promise<readonly LogRecord[]> {
    const found: LogRecord[] = []
    for (let position = from; found.length < limit;) {
      const place = { topic, partition, position }
      const [records = null] = await attempt(() => fetchRecords(this.#pool, [place], limit - found.length))
      const last = records?.at(-1)
      if (last === undefined) break
      found.push(...(records ?? []))
      position = last.offset + 1n
    }
    return found
  }

  async bounds(topic: string): Promise<readonly { partition: number; first: bigint; end: bigint }[]> {
    const { rows } = await attempt(() =>
      this.#pool.query<{ partition: number; first_offset: string; next_offset: string }>(
        'select partition, first_offset, next_offset from event_log.heads where topic = $1 order by partition',
        [topic],
      ),
    )
    return rows.map((row) => ({
      partition: row.partition,
      first: BigInt(row.first_offset),
      end: BigInt(row.next_offset),
    }))
  }

  async lag(group: string, topics: readonly string[]): Promise<readonly PartitionLag[]> {
    const { rows } = await attempt(() =>
      this.#pool.query<{ topic: string; partition: number; next_offset: string; committed: string }>(
        `select h.topic, h.partition, h.next_offset, coalesce(c.next_offset, h.first_offset) as committed
         from event_log.heads h
         left join event_log.commits c on c.group_name = $1 and c.topic = h.topic and c.partition = h.partition
         where h.topic = any($2) order by h.topic, h.partition`,
        [group, topics],
      ),
    )
    return rows.map(({ topic, partition, next_offset: end, committed }) => ({
      topic,
      partition,
      end: BigInt(end),
      committed: BigInt(committed),
    }))
  }

  ping(): Promise<void> {
    return this.#database.ping()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.stop()))
    await this.#publisher.close()
    await this.#listener.close()
    await this.#database.close()
  }

  /** Schema and tables; again after a failure. */
  #prepare(): Promise<void> {
    this.#ready ??= migrate(this.#database)
      .then(() => this.#turnPeriods())
      .catch((error: unknown) => {
        this.#ready = null
        throw error
      })
    return this.#ready
  }

  /** Makes the tables of the next periods, drops those that nobody keeps, and comes again. */
  async #turnPeriods(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    const period = await attempt(() => makePeriods(this.#pool, new Date()))
    await attempt(() => dropPeriods(this.#pool, new Date()))
    this.#turnIn(Math.min(tendEveryMs, (period ?? tendEveryMs) / turnsPerPeriod))
  }

  #turnIn(waitMs: number): void {
    if (this.#isClosed) return
    this.#timer = setTimeout(() => {
      this.#turnPeriods().catch((err: unknown) => {
        this.#logger?.warn({ err }, 'tables of the log are not turned')
        this.#turnIn(waitMs)
      })
    }, waitMs).unref()
  }

  async #topic(name: string): Promise<TopicSpec> {
    const known = this.#topics.get(name) ?? (await attempt(() => findTopic(this.#pool, name)))
    if (known === null) throw new Error(`${name}: no such topic`)
    this.#topics.set(name, known)
    return known
  }
}
