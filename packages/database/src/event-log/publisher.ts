import { RecordTooLargeError, type OutgoingRecord, type RecordPosition, type TopicSpec } from '@streamkeeper/pipeline'
import type pg from 'pg'
import { attempt } from '../attempt.js'
import { partitionOf } from './partition-of.js'

/** What one statement carries at most, but for a single larger record. */
const statementBytes = 8 * 1024 * 1024
const statementRecords = 2_000

interface Waiting {
  readonly records: readonly OutgoingRecord[]
  readonly partitions: readonly number[]
  readonly bytes: number
  readonly resolve: (positions: readonly RecordPosition[]) => void
  readonly reject: (error: unknown) => void
}

/** One statement at a time: what is published meanwhile gathers for the next, so that order holds and load makes larger ones. */
export class Publisher {
  readonly #pool: pg.Pool
  readonly #topic: (name: string) => Promise<TopicSpec>
  #waiting: Waiting[] = []
  #running: Promise<void> | null = null
  #admitting: Promise<unknown> = Promise.resolve()

  constructor(pool: pg.Pool, topic: (name: string) => Promise<TopicSpec>) {
    this.#pool = pool
    this.#topic = topic
  }

  publish(records: readonly OutgoingRecord[]): Promise<readonly RecordPosition[]> {
    if (records.length === 0) return Promise.resolve([])
    // Topics are looked up in the order of the calls, so that no call overtakes another.
    const placed = this.#admitting.then(() => this.#place(records))
    // Whoever asked gets the error; the next call only waits its turn.
    this.#admitting = placed.catch(() => undefined)
    return placed.then(
      ({ partitions, bytes }) =>
        new Promise((resolve, reject) => {
          this.#waiting.push({ records, partitions, bytes, resolve, reject })
          this.#running ??= this.#run()
        }),
    )
  }

  async close(): Promise<void> {
    await this.#admitting
    await this.#running
  }

  /** Throws RecordTooLargeError that names the topic. */
  async #place(records: readonly OutgoingRecord[]): Promise<{ partitions: number[]; bytes: number }> {
    const partitions: number[] = []
    let bytes = 0
    for (const { topic, key, value, headers } of records) {
      const spec = await this.#topic(topic)
      const size = Buffer.byteLength(key) + value.length + Buffer.byteLength(JSON.stringify(headers ?? {}))
      if (size > spec.maxRecordBytes)
        throw new RecordTooLargeError(`${topic}: a record of ${size} bytes, at most ${spec.maxRecordBytes} are taken`)
      partitions.push(partitionOf(key, spec.partitions))
      bytes += size
    }
    return { partitions, bytes }
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const calls = this.#take()
      try {
        const positions = await attempt(() => append(this.#pool, calls))
        let from = 0
        for (const { records, resolve } of calls) resolve(positions.slice(from, (from += records.length)))
      } catch (error) {
        for (const { reject } of calls) reject(error)
      }
    }
    this.#running = null
  }

  #take(): Waiting[] {
    let [count, bytes, records] = [0, 0, 0]
    for (const call of this.#waiting) {
      bytes += call.bytes
      records += call.records.length
      if (count > 0 && (bytes > statementBytes || records > statementRecords)) break
      count += 1
    }
    return this.#waiting.splice(0, count)
  }
}

async function append(pool: pg.Pool, calls: readonly Waiting[]): Promise<RecordPosition[]> {
  const records = calls.flatMap((call) => call.records)
  const partitions = calls.flatMap((call) => call.partitions)
  const { rows } = await pool.query<{ record_offset: string }>(
    `select record_offset from event_log.publish($1::text[], $2::int[], $3::text[], $4::bytea[], $5::json[]) order by place`,
    [
      records.map((record) => record.topic),
      partitions,
      records.map((record) => record.key),
      records.map((record) => record.value),
      records.map((record) => JSON.stringify(record.headers ?? {})),
    ],
  )
  if (rows.length !== records.length) throw new Error(`${rows.length} of ${records.length} records were appended`)
  return records.map(({ topic }, at) => ({
    topic,
    partition: partitions[at] ?? 0,
    offset: BigInt(rows[at]?.record_offset ?? 0),
  }))
}
