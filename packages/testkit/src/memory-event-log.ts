import {
  RecordTooLargeError,
  RetriableError,
  type EventLog,
  type LogRecord,
  type OutgoingRecord,
  type PartitionLag,
  type RecordPosition,
  type SubscribeOptions,
  type Subscription,
  type TopicDifference,
  type TopicSpec,
} from '@streamkeeper/pipeline'
import { MemoryGroup, type LogState } from './memory-group.js'

/** A record as a foreign producer may write it: without key, or as a tombstone. */
export interface ForeignRecord {
  readonly topic: string
  readonly key: string | null
  readonly value: Buffer | null
  readonly headers?: Readonly<Record<string, string>>
}

/** An EventLog in memory, held to the contract suite; `faults` and `rebalance` are for tests of what stands on it. */
export class MemoryEventLog implements EventLog {
  readonly #state: LogState
  readonly #specs = new Map<string, TopicSpec>()
  readonly #groups = new Map<string, MemoryGroup>()

  constructor(now: () => number = () => Date.now()) {
    this.#state = {
      partitions: new Map(),
      faults: { failPublishes: 0, failCommits: 0, frozen: false },
      now,
      changed: new Set(),
    }
  }

  /** `failPublishes`, `failCommits`: so many next calls throw RetriableError. */
  get faults(): LogState['faults'] {
    return this.#state.faults
  }

  /** While frozen nothing is fetched, as when a client stops in silence. */
  freeze(frozen: boolean): void {
    this.#state.faults.frozen = frozen
    this.#wake()
  }

  /** Takes every partition of a group away and hands it out again. */
  async rebalance(group: string): Promise<void> {
    await this.#group(group).rebalance()
  }

  /** Ends a group's members as a crash does: no revoke, no commit, `ended` never settles. */
  async crash(group: string): Promise<void> {
    await this.#group(group).crash()
  }

  /** What a group has committed: the next offset and the note; null when it never did. */
  committed(group: string, topic: string, partition: number): { offset: bigint | null; note: string | null } | null {
    return this.#group(group).committed(topic, partition)
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<readonly TopicDifference[]> {
    await this.ping()
    return specs.flatMap((spec) => {
      const found = this.#specs.get(spec.name)
      if (found !== undefined) return differences(spec, found)
      this.#specs.set(spec.name, spec)
      this.#state.partitions.set(
        spec.name,
        Array.from({ length: spec.partitions }, () => []),
      )
      return []
    })
  }

  async publish(records: readonly OutgoingRecord[]): Promise<readonly RecordPosition[]> {
    await this.ping()
    const { faults } = this.#state
    if (faults.failPublishes > 0) {
      faults.failPublishes -= 1
      throw new RetriableError('the log did not take the records')
    }
    for (const record of records) this.#checkSize(record)
    return records.map((record) => this.append(record))
  }

  /** Appends one record unchecked, as another producer would. */
  append(record: ForeignRecord): RecordPosition {
    const partitions = this.#partitions(record.topic)
    const partition = hash(record.key ?? '') % partitions.length
    const log = partitions[partition] ?? []
    const offset = BigInt(log.length)
    const { topic, key } = record
    const value = record.value === null ? null : Buffer.from(record.value)
    log.push({ topic, partition, offset, key, value, headers: { ...record.headers }, brokerAt: this.#state.now() })
    this.#wake()
    return { topic, partition, offset }
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    await this.ping()
    for (const topic of options.topics) this.#partitions(topic)
    return this.#group(options.group).join(options)
  }

  async read(...[topic, partition, from, limit]: Parameters<EventLog['read']>): Promise<readonly LogRecord[]> {
    await this.ping()
    return (this.#partitions(topic)[partition] ?? []).slice(Number(from), Number(from) + limit)
  }

  async bounds(topic: string): Promise<readonly { partition: number; first: bigint; end: bigint }[]> {
    await this.ping()
    return this.#partitions(topic).map((log, partition) => ({ partition, first: 0n, end: BigInt(log.length) }))
  }

  async lag(group: string, topics: readonly string[]): Promise<readonly PartitionLag[]> {
    const bounds = await Promise.all(topics.map((topic) => this.bounds(topic)))
    return topics.flatMap((topic, at) =>
      (bounds[at] ?? []).map(({ partition, first, end }) => {
        return { topic, partition, end, committed: this.committed(group, topic, partition)?.offset ?? first }
      }),
    )
  }

  async ping(): Promise<void> {
    await Promise.resolve()
  }

  async close(): Promise<void> {
    await Promise.all([...this.#groups.values()].map((group) => group.close()))
  }

  #checkSize({ topic, key, value, headers }: OutgoingRecord): void {
    const limit = this.#specs.get(topic)?.maxRecordBytes ?? Infinity
    const size = Buffer.byteLength(key) + value.length + Buffer.byteLength(JSON.stringify(headers ?? {}))
    if (size > limit) throw new RecordTooLargeError(`${topic}: a record of ${size} bytes, at most ${limit} are taken`)
  }

  #partitions(topic: string): LogRecord[][] {
    const found = this.#state.partitions.get(topic)
    if (found === undefined) throw new Error(`${topic}: no such topic`)
    return found
  }

  #group(name: string): MemoryGroup {
    const found = this.#groups.get(name) ?? new MemoryGroup(this.#state)
    this.#groups.set(name, found)
    return found
  }

  #wake(): void {
    for (const wake of this.#state.changed) wake()
    this.#state.changed.clear()
  }
}

function differences(spec: TopicSpec, found: TopicSpec): TopicDifference[] {
  const settings = ['partitions', 'maxRecordBytes', 'retentionMs'] as const
  return settings
    .filter((setting) => spec[setting] !== found[setting])
    .map((setting) => {
      return { topic: spec.name, setting, expected: String(spec[setting]), found: String(found[setting]) }
    })
}

/** FNV-1a. */
function hash(key: string): number {
  let sum = 0x811c9dc5
  for (const byte of Buffer.from(key)) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0
  return sum
}
