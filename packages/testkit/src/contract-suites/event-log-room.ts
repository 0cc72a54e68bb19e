import { randomUUID } from 'node:crypto'
import type {
  Assignment,
  EventLog,
  LogRecord,
  RecordBatch,
  RecordPosition,
  SubscribeOptions,
  Subscription,
  TopicSpec,
} from '@streamkeeper/pipeline'
import { until } from '../until.js'

export interface EventLogSuite {
  /** Called twice. Topics and groups of the suite all start with `contract-` and a random part. */
  makeLog(): Promise<{ log: EventLog; cleanup: () => Promise<void> }>
  /** Milliseconds a test may take; default 60,000. */
  readonly timeoutMs?: number
}

export interface Reader {
  readonly subscription: Subscription
  readonly seen: LogRecord[]
  /** The newest stay of each partition. */
  readonly stays: Map<number, Assignment>
}

export const mebibyte = 1024 * 1024
export const day = 24 * 60 * 60 * 1000

/** 60 records of 7 streams. */
export const keys = Array.from({ length: 60 }, (_, n) => `stream-${n % 7}`)

export function newName(): string {
  return `contract-${randomUUID()}`
}

export function specOf(topic: string, partitions: number): TopicSpec {
  return { name: topic, partitions, maxRecordBytes: 16 * mebibyte + 65_536, retentionMs: 7 * day }
}

/** Where records lie, sorted, for comparing sets of them. */
export function offsetsOf(records: readonly LogRecord[]): string[] {
  return records.map(({ partition, offset }) => `${partition}:${offset}`).toSorted()
}

/** The log under test and what the tests of a suite share. */
export class EventLogRoom {
  readonly timeout: number
  readonly waitMs: number
  readonly #suite: EventLogSuite
  readonly #open: Subscription[] = []
  #made: { log: EventLog; cleanup: () => Promise<void> } | null = null

  constructor(suite: EventLogSuite) {
    this.#suite = suite
    this.timeout = suite.timeoutMs ?? 60_000
    this.waitMs = this.timeout * 0.8
  }

  /** Registers the hooks; call inside `describe`. */
  prepare(): void {
    beforeAll(async () => {
      this.#made = await this.#suite.makeLog()
    }, 60_000)
    afterEach(async () => {
      await Promise.all(this.#open.splice(0).map((subscription) => subscription.stop()))
    }, this.timeout)
    afterAll(() => this.#made?.cleanup(), 60_000)
  }

  get log(): EventLog {
    if (this.#made === null) throw new Error('prepare() was not called')
    return this.#made.log
  }

  async newTopic(partitions = 3): Promise<string> {
    const topic = newName()
    expect(await this.log.ensureTopics([specOf(topic, partitions)])).toEqual([])
    return topic
  }

  publish(topic: string, keys: readonly string[]): Promise<readonly RecordPosition[]> {
    return this.log.publish(keys.map((key, n) => ({ topic, key, value: Buffer.from(`${key} ${n}`) })))
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    const subscription = await this.log.subscribe(options)
    this.#open.push(subscription)
    return subscription
  }

  async read(
    group: string,
    topic: string,
    onBatch: (batch: RecordBatch) => Promise<void> = () => Promise.resolve(),
  ): Promise<Reader> {
    const seen: LogRecord[] = []
    const stays = new Map<number, Assignment>()
    const subscription = await this.subscribe({
      group,
      topics: [topic],
      onBatch: async (batch) => {
        stays.set(batch.assignment.partition, batch.assignment)
        seen.push(...batch.records)
        await onBatch(batch)
      },
    })
    return { subscription, seen, stays }
  }

  untilSeen(reader: Reader, count: number): Promise<unknown> {
    const seen = (): boolean => {
      if (reader.seen.length < count) throw new Error(`${reader.seen.length} of ${count} records read`)
      return true
    }
    return until(seen, { what: `${count} records read`, withinMs: this.waitMs })
  }
}
