/**
 * 4. Consuming a log
 *
 * `consume` reads topics as a member of a group. Records of one key are handled in order, keys beside each other, and an
 * offset is stored only when everything before it is finished. Whatever happens, a record is handled at least once;
 * make every effect idempotent by an id that a replay makes again.
 */
// @boundaries-ignore testkit is built on pipeline's ports: declared, the two would be a circle
import { FakeClock, MemoryEventLog, settle, until } from '@streamkeeper/testkit'
import { consume, createPipeline, dlq, ok, type LogRecord, type RecordBatch, type Rejection } from '../src/index.js'

async function makeLog(values: readonly string[]): Promise<MemoryEventLog> {
  const log = new MemoryEventLog()
  await log.ensureTopics([{ name: 'live.chat', partitions: 2, maxRecordBytes: 1000, retentionMs: 1000 }])
  await log.publish(values.map((value) => ({ topic: 'live.chat', key: value.charAt(0), value: Buffer.from(value) })))
  return log
}

const bounds = { group: 'screen', topics: ['live.chat'], maxInFlight: 10, maxInFlightBytes: 1_000_000 }

describe('4. a consumer', () => {
  it('runs a pipeline over each record; the stage of a dead letter is the step that decided', async () => {
    const log = await makeLog(['a1', 'b1', 'a?', 'b2'])
    const pipeline = createPipeline<LogRecord>('screen')
      .step({ name: 'decode', run: async (record) => ok(String(record.value)) })
      .step({ name: 'check', run: async (text) => (text.includes('?') ? dlq('INVALID_EVENT', 'text: a ?') : ok(text)) })
    const letters: Rejection[] = []
    const deadLetter = async (_record: LogRecord, rejection: Rejection) => void letters.push(rejection)
    const consumer = await consume({ ...bounds, log, process: pipeline.run, deadLetter })
    const isDone = async () => (await log.lag('screen', ['live.chat'])).every(({ end, committed }) => end === committed)
    await until(isDone, { what: 'no lag' })
    await consumer.stop()
    expect(letters).toMatchObject([{ code: 'INVALID_EVENT', message: 'text: a ?', stage: 'check', attempts: 1 }])
  })

  it('lets a record of the same key begin before this one is finished, when the handler says so', async () => {
    const log = await makeLog(['a1', 'a2'])
    const order: string[] = []
    let next = (): void => undefined
    const consumer = await consume({
      ...bounds,
      log,
      deadLetter: () => Promise.resolve(),
      process: async (record, { admitNext, draining }) => {
        next()
        order.push(`${String(record.value)} fed`)
        const isFollowed = new Promise<void>((resolve) => (next = resolve))
        draining.addEventListener('abort', next)
        admitNext()
        await isFollowed
        order.push(`${String(record.value)} finished`)
        return ok()
      },
    })
    await until(() => order.length === 3, { what: 'the first is finished by the second' })
    await consumer.stop()
    expect(order).toEqual(['a1 fed', 'a2 fed', 'a1 finished', 'a2 finished'])
  })

  it('heartbeats while intake waits and work gets on, and stops when a handler is stuck', async () => {
    const clock = new FakeClock()
    const log = await makeLog([])
    let onBatch: (batch: RecordBatch) => Promise<void> = () => Promise.resolve()
    const subscribe: MemoryEventLog['subscribe'] = async (options) => {
      onBatch = options.onBatch
      return { ended: new Promise(() => undefined), lastTick: () => 0, stop: () => Promise.resolve() }
    }
    let progress = (): void => undefined
    const consumer = await consume({
      ...bounds,
      log: Object.assign(log, { subscribe }),
      timing: clock,
      maxInFlight: 1,
      deadLetter: () => Promise.resolve(),
      process: (_record, context) => {
        progress = () => context.progress()
        return new Promise(() => undefined)
      },
    })
    let beats = 0
    const assignment = {
      topic: 'live.chat',
      partition: 0,
      generation: 1,
      note: null,
      isCurrent: () => true,
      commit: () => Promise.resolve(),
    }
    const records = [0n, 1n].map((offset) => {
      return { topic: 'live.chat', partition: 0, offset, key: 'a', value: null, headers: {}, brokerAt: 0 }
    })
    const taken = onBatch({ assignment, records, heartbeat: async () => void (beats += 1) })
    await clock.advance(60_000)
    expect(beats).toBe(19)
    progress()
    await clock.advance(60_000)
    expect(beats).toBe(38)
    const stopped = consumer.stop()
    await clock.advance(10_000)
    await stopped
    await taken
    await settle()
    expect(clock.sleeping).toBe(0)
  })
})
