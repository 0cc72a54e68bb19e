/** The EventLog port: an ordered, partitioned, replayable log. Kafka is one adapter; a table in PostgreSQL can be another. */

/** One record as it lies in the log. `offset` is unique and rising within (topic, partition). */
export interface LogRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly key: string | null
  /** Raw bytes exactly as they were published; null for a tombstone. */
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, string>>
  /** Milliseconds since the epoch at which the broker took the record, never the producer's own clock. */
  readonly brokerAt: number
}

export interface OutgoingRecord {
  readonly topic: string
  /** Decides the partition; records of one key keep their order. */
  readonly key: string
  readonly value: Buffer
  readonly headers?: Readonly<Record<string, string>>
}

export interface RecordPosition {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
}

export interface TopicSpec {
  readonly name: string
  readonly partitions: number
  readonly maxRecordBytes: number
  readonly retentionMs: number
}

/** A difference between a topic that exists and the spec that we would have made it by. */
export interface TopicDifference {
  readonly topic: string
  readonly setting: 'partitions' | 'maxRecordBytes' | 'retentionMs' | 'brokerTime'
  readonly expected: string
  readonly found: string
}

/**
 * One stay of one partition with one consumer. When the partition moves away, or comes back after a rebalance, a new
 * assignment begins and the old one is fenced: `isCurrent()` turns false for good and `commit` refuses.
 */
export interface Assignment {
  readonly topic: string
  readonly partition: number
  /** Rises with every (re)assignment of this consumer. */
  readonly generation: number
  /** The note that was committed last for this partition by this group, or null. Survives a crash. */
  readonly note: string | null
  isCurrent(): boolean
  /**
   * Stores that everything up to and including `lastDone` is finished, with a short note (at most 1 KB).
   * `lastDone` null keeps the position and stores only the note. Without `note` the last note is kept; null clears it.
   * Throws FencedError when the assignment has ended.
   */
  commit(lastDone: bigint | null, note?: string | null): Promise<void>
}

export interface RecordBatch {
  readonly assignment: Assignment
  /** In offset order, without holes but those that the log itself has. */
  readonly records: readonly LogRecord[]
  /**
   * Call while waiting *with progress* (or in a declared back-off); a stuck handler must not call it.
   * Throws FencedError when the assignment has ended: then leave the batch at once; the adapter does what its library wants.
   */
  heartbeat(): Promise<void>
}

export interface SubscribeOptions {
  readonly group: string
  readonly topics: readonly string[]
  /** For readers to whom large batches matter more than time: records of a partition may come together for so long. */
  readonly gatherMs?: number
  /** Resolves when all records are *admitted* (not finished); the next batch of the partition comes after. A rejection ends the subscription with that error. */
  readonly onBatch: (batch: RecordBatch) => Promise<void>
  /** Called before a partition is given up (not on `stop`), when the adapter can know: drain first, fence second. The callee bounds its time. */
  readonly onRevoke?: (assignment: Assignment) => Promise<void>
}

export interface Subscription {
  /** Resolves when the subscription was stopped; rejects with the first failure. */
  readonly ended: Promise<void>
  /** Milliseconds since the epoch of the last time the fetch loop went round. */
  lastTick(): number
  stop(): Promise<void>
}

export interface PartitionLag {
  readonly topic: string
  readonly partition: number
  /** Next offset that will be written. */
  readonly end: bigint
  /** Next offset that the group will read; equals the first offset when it never committed. */
  readonly committed: bigint
}

/** Every method throws a RetriableError when the log is away. */
export interface EventLog {
  /** Makes missing topics; checks existing ones and returns what differs from the spec. Never changes a topic. */
  ensureTopics(specs: readonly TopicSpec[]): Promise<readonly TopicDifference[]>
  /**
   * Resolves when all replicas that the log asks for hold the records; positions in the order of the records.
   * Throws RecordTooLargeError when one is larger than its topic takes; whether the others were stored is open then.
   */
  publish(records: readonly OutgoingRecord[]): Promise<readonly RecordPosition[]>
  /** Starts at the group's committed offsets, else at the first record. */
  subscribe(options: SubscribeOptions): Promise<Subscription>
  /** Reads records of one partition from `from` (inclusive) up to `limit`, without any group. For read-back and tests. */
  read(topic: string, partition: number, from: bigint, limit: number): Promise<readonly LogRecord[]>
  /** First and next offset of each partition of a topic. */
  bounds(topic: string): Promise<readonly { partition: number; first: bigint; end: bigint }[]>
  lag(group: string, topics: readonly string[]): Promise<readonly PartitionLag[]>
  /** Throws when the log does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}
