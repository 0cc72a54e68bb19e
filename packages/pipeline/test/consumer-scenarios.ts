import assert from 'node:assert/strict'
// @boundaries-ignore testkit is built on pipeline's ports: declared, the two would be a circle
import { MemoryEventLog, until } from '@streamkeeper/testkit'
import type { ConsumeOptions, Rejection } from '../src/consume-options.js'
import type { consume, Consumer } from '../src/consumer.js'
import type { LogRecord } from '../src/ports/event-log.js'
import { systemTiming } from '../src/timing.js'

export type Consume = typeof consume
export interface Letter extends Rejection {
  readonly at: string
}

export const topic = 'live.chat'
export const group = 'screen'

/** A log with one partition and the records `a0 b1 a2 …`, the letter being the key. */
export async function makeLog(names: readonly string[]): Promise<MemoryEventLog> {
  const log = new MemoryEventLog()
  await log.ensureTopics([{ name: topic, partitions: 1, maxRecordBytes: 1000, retentionMs: 1000 }])
  for (const name of names) log.append({ topic, key: name.charAt(0), value: Buffer.from(name) })
  return log
}

export const nameOf = (record: LogRecord): string => record.value?.toString() ?? 'null'

export function optionsFor(
  log: MemoryEventLog,
  more: Pick<ConsumeOptions, 'process'> & Partial<ConsumeOptions>,
): ConsumeOptions {
  return {
    log,
    group,
    topics: [topic],
    maxInFlight: 4,
    maxInFlightBytes: 1_000_000,
    deadLetter: () => Promise.reject(new Error('no dead letter was expected')),
    backOff: { firstMs: 1, capMs: 2 },
    commitEveryMs: 5,
    drainTimeoutMs: 500,
    ...more,
  }
}

export const committed = (log: MemoryEventLog) => log.committed(group, topic, 0)
export const untilCommitted = (log: MemoryEventLog, offset: bigint) =>
  until(() => committed(log)?.offset === offset, { what: `committed up to ${offset}`, withinMs: 2000 })
export const failureOf = (consumer: Consumer): Promise<unknown> =>
  consumer.ended.then(
    () => assert.fail('the consumer ended well'),
    (error: unknown) => error,
  )
export function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open: () => open() }
}

export type Scenario = (consume: Consume) => Promise<void>

/** Runs a scenario within `withinMs` and ends every consumer that it began, also when it fails or hangs. */
export async function runScenario(scenario: Scenario, consume: Consume, withinMs: number): Promise<void> {
  const consumers: Consumer[] = []
  const begin: Consume = async (options) => {
    const consumer = await consume(options)
    // A scenario that expects the failure asks for it by itself.
    consumer.ended.catch(() => undefined)
    consumers.push(consumer)
    return consumer
  }
  const timer = new AbortController()
  const hangs = systemTiming.sleep(withinMs, timer.signal).then(() => {
    throw new Error(`hangs for ${withinMs} ms`)
  })
  try {
    await Promise.race([scenario(begin), hangs])
  } finally {
    timer.abort()
    await Promise.race([Promise.all(consumers.map((consumer) => consumer.stop())), systemTiming.sleep(1000)])
  }
}
