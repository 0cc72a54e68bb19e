import { RecordTooLargeError, type OutgoingRecord, type RecordPosition } from '@streamkeeper/pipeline'
import kafkajs, { type Producer, type ProducerBatch, type RecordMetadata } from 'kafkajs'
import { isTooLarge, toPortError } from './to-port-error.js'

// A CommonJS module: Node gives its values by the default export alone.
const { Partitioners } = kafkajs

/** Records that travel together stay below what a topic of 1 MiB takes as one batch. */
const chunkBytes = 900 * 1024
/** Headers, key and framing of a record, roughly. */
const overhead = 256

interface Waiting {
  readonly records: readonly OutgoingRecord[]
  readonly positions: RecordPosition[]
  readonly resolve: (positions: readonly RecordPosition[]) => void
  readonly reject: (error: unknown) => void
}

/** One record on its way: which call it belongs to, and its place there. */
interface Item {
  readonly record: OutgoingRecord
  readonly partition: number
  readonly call: Waiting
  readonly index: number
}

/**
 * Sends one batch at a time: what is published meanwhile gathers for the next, so that order holds and load makes larger
 * batches. Not kafkajs' idempotent producer, which is experimental: sinks are idempotent without it.
 */
export class Publisher {
  readonly #producer: Producer
  readonly #partitionCount: (topic: string) => Promise<number>
  readonly #partition = Partitioners.DefaultPartitioner()
  #waiting: Waiting[] = []
  #running: Promise<void> | null = null
  #connected: Promise<void> | null = null

  constructor(producer: Producer, partitionCount: (topic: string) => Promise<number>) {
    this.#producer = producer
    this.#partitionCount = partitionCount
  }

  publish(records: readonly OutgoingRecord[]): Promise<readonly RecordPosition[]> {
    if (records.length === 0) return Promise.resolve([])
    return new Promise((resolve, reject) => {
      this.#waiting.push({ records, positions: [], resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** Sends what waits, then disconnects. */
  async close(): Promise<void> {
    await this.#running
    if (this.#connected === null) return
    await this.#producer.disconnect()
  }

  async #run(): Promise<void> {
    // One turn of the loop, so that calls made together travel together.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      const calls = this.#waiting
      this.#waiting = []
      await this.#sendCalls(calls)
    }
    // In the same turn as the last look at what waits: a call in between would find nobody.
    this.#running = null
  }

  async #sendCalls(calls: readonly Waiting[]): Promise<void> {
    const failed = new Map<Waiting, unknown>()
    try {
      await this.#connect()
      const items = await this.#place(calls)
      for (const chunk of chunksOf(items))
        await this.#sendChunk(
          chunk.filter((item) => !failed.has(item.call)),
          failed,
        )
    } catch (error) {
      for (const call of calls) failed.set(call, failed.get(call) ?? error)
    }
    for (const call of calls) {
      if (failed.has(call)) call.reject(toPortError(failed.get(call), 'publish'))
      else call.resolve(call.positions)
    }
  }

  /** A batch that is too large is taken apart: the culprit is named, the others go. */
  async #sendChunk(chunk: readonly Item[], failed: Map<Waiting, unknown>): Promise<void> {
    if (chunk.length === 0) return
    try {
      settle(chunk, await this.#producer.sendBatch(batchOf(chunk)))
    } catch (error) {
      if (!isTooLarge(error)) return fail(chunk, error, failed)
      if (chunk.length > 1) {
        for (const item of chunk) await this.#sendChunk([item], failed)
        return
      }
      fail(
        chunk,
        new RecordTooLargeError(`publish: a record is larger than ${chunk[0]?.record.topic ?? 'its topic'} takes`, {
          cause: error,
        }),
        failed,
      )
    }
  }

  #connect(): Promise<void> {
    this.#connected ??= this.#producer.connect().catch((error: unknown) => {
      this.#connected = null
      throw error
    })
    return this.#connected
  }

  async #place(calls: readonly Waiting[]): Promise<Item[]> {
    const items: Item[] = []
    for (const call of calls) {
      for (const [index, record] of call.records.entries())
        items.push({ record, call, index, partition: await this.#partitionOf(record) })
    }
    return items
  }

  async #partitionOf({ topic, key }: OutgoingRecord): Promise<number> {
    const count = await this.#partitionCount(topic)
    const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
      partitionId,
      partitionErrorCode: 0,
      leader: 0,
      replicas: [],
      isr: [],
    }))
    return this.#partition({ topic, partitionMetadata, message: { key, value: null } })
  }
}

function fail(chunk: readonly Item[], error: unknown, failed: Map<Waiting, unknown>): void {
  for (const { call } of chunk) failed.set(call, failed.get(call) ?? error)
}

function chunksOf(items: readonly Item[]): Item[][] {
  const chunks: Item[][] = []
  let bytes = Infinity
  for (const item of items) {
    const size = item.record.value.length + overhead
    if (bytes + size > chunkBytes) {
      chunks.push([])
      bytes = 0
    }
    bytes += size
    chunks.at(-1)?.push(item)
  }
  return chunks
}

function batchOf(chunk: readonly Item[]): ProducerBatch {
  const topics = new Map<string, Item[]>()
  for (const item of chunk) topics.set(item.record.topic, [...(topics.get(item.record.topic) ?? []), item])
  return {
    acks: -1,
    topicMessages: Array.from(topics, ([topic, own]) => ({
      topic,
      messages: own.map(({ record, partition }) => ({
        key: record.key,
        value: record.value,
        partition,
        headers: { ...record.headers },
      })),
    })),
  }
}

/** The broker names the first offset of each partition's batch; within it the order is ours. */
function settle(chunk: readonly Item[], answers: readonly RecordMetadata[]): void {
  const next = new Map(
    answers.map((answer) => [
      `${answer.topicName}\0${answer.partition}`,
      BigInt(answer.baseOffset ?? answer.offset ?? -1),
    ]),
  )
  for (const { record, partition, call, index } of chunk) {
    const place = `${record.topic}\0${partition}`
    const offset = next.get(place)
    if (offset === undefined) throw new Error(`the broker gave no offset for ${record.topic}`)
    next.set(place, offset + 1n)
    call.positions[index] = { topic: record.topic, partition, offset }
  }
}
