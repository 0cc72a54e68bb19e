import type { Assignment, EventLog } from '@streamkeeper/pipeline'
import { kafkaEngine, uniqueName, until } from '@streamkeeper/testkit'
import kafkajs from 'kafkajs'
import { createKafkaEventLog } from './index.js'

const day = 86_400_000

describe('what other clients and rebalances do to a subscription', () => {
  const brokers = kafkaEngine().brokers.split(',')
  let log: EventLog
  let topic: string
  beforeAll(() => {
    log = createKafkaEventLog({ brokers, clientId: uniqueName('faults') })
  })
  beforeEach(async () => {
    topic = uniqueName('faults')
    await log.ensureTopics([{ name: topic, partitions: 1, maxRecordBytes: 1_100_000, retentionMs: day }])
  })
  afterAll(() => log.close())

  it('reads repeated headers, stamps of the broker, and records without key and value', async () => {
    const foreign = new kafkajs.Kafka({ brokers }).producer()
    await foreign.connect()
    const headers = { empty: '', twice: ['1', '2'] }
    await foreign.send({
      topic,
      messages: [
        { key: null, value: null, headers },
        { key: 'k', value: 'v', timestamp: '1000' },
      ],
    })
    await foreign.disconnect()
    const seen: unknown[] = []
    const subscription = await log.subscribe({
      group: uniqueName('g'),
      topics: [topic],
      onBatch: ({ records }) => {
        seen.push(...records)
        return Promise.resolve()
      },
    })
    await until(() => seen.length === 2, { what: 'both records', withinMs: 20_000 })
    expect(seen).toMatchObject([{ key: null, value: null, headers: { empty: '', twice: '2' } }, { key: 'k' }])
    const [, second] = seen as [unknown, { brokerAt: number }]
    expect(Math.abs(second.brokerAt - Date.now())).toBeLessThan(60_000)
    await subscription.stop()
  }, 40_000)

  it('lets the work drain and commit before a partition is given up', async () => {
    const group = uniqueName('g')
    await log.publish([{ topic, key: 'a', value: Buffer.from('1') }])
    const stays: Assignment[] = []
    const drained: string[] = []
    const onRevoke = async (stay: Assignment): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 500))
      await stay.commit(0n, 'drained')
      drained.push(`${stay.partition} ${stay.isCurrent()}`)
    }
    const onBatch = ({ assignment }: { assignment: Assignment }): Promise<void> => {
      stays.push(assignment)
      return Promise.resolve()
    }
    const first = await log.subscribe({ group, topics: [topic], onBatch, onRevoke })
    await until(() => stays.length > 0, { what: 'the first batch', withinMs: 20_000 })
    const guest = await log.subscribe({ group, topics: [topic], onBatch })
    await until(() => drained.length > 0, { what: 'the partition is drained', withinMs: 20_000 })
    expect(drained).toEqual(['0 true'])
    await until(() => stays[0]?.isCurrent() === false, { what: 'the fence', withinMs: 20_000 })
    await expect(stays[0]?.commit(0n)).rejects.toMatchObject({ name: 'FencedError' })
    expect(await log.lag(group, [topic])).toMatchObject([{ committed: 1n }])
    await Promise.all([first.stop(), guest.stop()])
  }, 60_000)
})
