import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { LogRecord } from '@streamkeeper/pipeline'
import type { Consumer, Kafka } from 'kafkajs'
import { toLogRecord } from './to-log-record.js'
import { isLoading, toPortError } from './to-port-error.js'

export interface Range {
  readonly topic: string
  readonly partition: number
  /** First offset, and the one after the last. */
  readonly start: bigint
  readonly end: bigint
}

/** How often, and how long each time, a broker is waited for that loads its groups. */
const mostWaits = 20
const loadingMs = 250
const fetchWaitMs = 250
const fetchBytes = 24 * 1024 * 1024

/** The records of a range, by a reader in a group of its own that commits nothing. Throws RetriableError while the broker is away. */
export async function readRange(kafka: Kafka, range: Range): Promise<LogRecord[]> {
  for (let waits = 0; ; waits += 1) {
    try {
      return await readOnce(kafka, range)
    } catch (error) {
      if (!isLoading(error) || waits === mostWaits) throw toPortError(error, 'read')
      await pause(loadingMs)
    }
  }
}

async function readOnce(kafka: Kafka, range: Range): Promise<LogRecord[]> {
  const consumer = kafka.consumer({
    groupId: `streamkeeper-read-${randomUUID()}`,
    maxWaitTimeInMs: fetchWaitMs,
    maxBytes: fetchBytes,
  })
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [range.topic], fromBeginning: true })
    return await collect(consumer, range)
  } finally {
    await consumer.disconnect()
  }
}

function collect(consumer: Consumer, { topic, partition, start, end }: Range): Promise<LogRecord[]> {
  const found: LogRecord[] = []
  return new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      // A group has all partitions or none: the others stand still, or the whole topic would be read for one of them.
      const others = (payload.memberAssignment[topic] ?? []).filter((one) => one !== partition)
      consumer.pause([{ topic, partitions: others }])
      consumer.seek({ topic, partition, offset: String(start) })
    })
    consumer
      .run({
        autoCommit: false,
        eachBatch: ({ batch }) => {
          if (batch.partition !== partition) return Promise.resolve()
          for (const message of batch.messages) {
            const record = toLogRecord(topic, partition, message)
            if (record.offset >= start && record.offset < end) found.push(record)
          }
          if (BigInt(batch.lastOffset()) >= end - 1n) resolve(found)
          return Promise.resolve()
        },
      })
      .catch(reject)
  })
}
