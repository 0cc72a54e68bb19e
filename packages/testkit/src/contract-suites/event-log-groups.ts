import { FencedError, type Assignment, type LogRecord, type RecordBatch } from '@streamkeeper/pipeline'
import { until } from '../until.js'
import { EventLogRoom, keys, newName, offsetsOf, type EventLogSuite } from './event-log-room.js'

/** The half of the contract that is about groups: order, commits, notes, rebalances, fences, ends. */
export function describeEventLogGroups(name: string, suite: EventLogSuite): void {
  describe(`EventLog contract, groups: ${name}`, () => {
    const room = new EventLogRoom(suite)
    room.prepare()

    it(
      'hands on every record from the first on, in order, one batch a partition at a time',
      async () => {
        const topic = await room.newTopic()
        await room.publish(topic, keys)
        const inside = new Map<number, number>()
        let overlaps = 0
        const reader = await room.read(newName(), topic, async ({ assignment }) => {
          const now = (inside.get(assignment.partition) ?? 0) + 1
          if (now > 1) overlaps += 1
          inside.set(assignment.partition, now)
          await new Promise((resolve) => setImmediate(resolve))
          inside.set(assignment.partition, (inside.get(assignment.partition) ?? 0) - 1)
        })
        for (let n = 0; n < 5; n += 1) await room.publish(topic, keys)
        await room.untilSeen(reader, 360)
        expect(new Set(offsetsOf(reader.seen)).size).toBe(360)
        expect(overlaps).toBe(0)
        for (const partition of [0, 1, 2]) {
          const own = reader.seen.filter((record) => record.partition === partition)
          expect(own.map(({ offset }) => offset)).toEqual(own.map((_, n) => BigInt(n)))
        }
        expect(Math.abs(Date.now() - reader.subscription.lastTick())).toBeLessThan(30_000)
      },
      room.timeout,
    )

    it(
      'does not let a held partition hold up the others',
      async () => {
        const topic = await room.newTopic()
        await room.publish(topic, ['first'])
        let release = (): void => undefined
        const held = new Promise<void>((resolve) => (release = resolve))
        let heldPartition = -1
        const reader = await room.read(newName(), topic, async ({ assignment, records }) => {
          if (records[0]?.key !== 'first') return
          heldPartition = assignment.partition
          await held
        })
        await room.untilSeen(reader, 1)
        const positions = await room.publish(topic, keys)
        const others = positions.filter(({ partition }) => partition !== heldPartition).length
        expect(others).toBeGreaterThan(0)
        await room.untilSeen(reader, 1 + others)
        expect(reader.seen.filter(({ partition }) => partition === heldPartition)).toHaveLength(1)
        release()
        await room.untilSeen(reader, 61)
      },
      room.timeout,
    )

    it(
      'reads again what was not committed',
      async () => {
        const topic = await room.newTopic()
        await room.publish(topic, keys)
        const group = newName()
        const first = await room.read(group, topic)
        await room.untilSeen(first, 60)
        await first.subscription.stop()
        const second = await room.read(group, topic)
        await room.untilSeen(second, 60)
        expect(offsetsOf(second.seen)).toEqual(offsetsOf(first.seen))
      },
      room.timeout,
    )

    it(
      'goes on after the committed offset, in each group for itself, and knows the lag',
      async () => {
        const topic = await room.newTopic(1)
        const group = newName()
        await room.publish(topic, keys)
        expect(await room.log.lag(group, [topic])).toEqual([{ topic, partition: 0, end: 60n, committed: 0n }])
        const first = await room.read(group, topic)
        await room.untilSeen(first, 60)
        await first.stays.get(0)?.commit(41n)
        expect(await room.log.lag(group, [topic])).toEqual([{ topic, partition: 0, end: 60n, committed: 42n }])
        await first.subscription.stop()
        const second = await room.read(group, topic)
        await room.untilSeen(second, 18)
        expect(second.seen[0]?.offset).toBe(42n)
        const stranger = await room.read(newName(), topic)
        await room.untilSeen(stranger, 60)
        expect(stranger.seen[0]?.offset).toBe(0n)
      },
      room.timeout,
    )

    it(
      'keeps the note with the position over a restart',
      async () => {
        const topic = await room.newTopic(1)
        const group = newName()
        await room.publish(topic, keys)
        const note = JSON.stringify({ suspects: ['7'], text: '疑'.repeat(300) })
        const restartAfter = async (
          change: (stay: Assignment) => Promise<void>,
        ): Promise<string | null | undefined> => {
          const reader = await room.read(group, topic)
          await room.untilSeen(reader, 1)
          const stay = reader.stays.get(0)
          if (stay === undefined) throw new Error('nothing was assigned')
          await change(stay)
          await reader.subscription.stop()
          const again = await room.read(group, topic)
          await room.untilSeen(again, 1)
          await again.subscription.stop()
          return `${again.stays.get(0)?.note} from ${again.seen[0]?.offset}`
        }
        expect(await restartAfter((stay) => stay.commit(null, note))).toBe(`${note} from 0`)
        expect(await restartAfter((stay) => stay.commit(4n))).toBe(`${note} from 5`)
        expect(await restartAfter((stay) => stay.commit(null, 'short'))).toBe('short from 5')
        expect(await restartAfter((stay) => stay.commit(9n, null))).toBe('null from 10')
      },
      room.timeout * 2,
    )

    it(
      'shares the partitions among two members and fences the one that lost some',
      async () => {
        const topic = await room.newTopic(4)
        const group = newName()
        const many = Array.from({ length: 40 }, (_, n) => `stream-${n}`)
        await room.publish(topic, many)
        const revokedWhileCurrent: boolean[] = []
        const stays: Assignment[] = []
        const seen: LogRecord[] = []
        const onBatch = (batch: RecordBatch): Promise<void> => {
          if (!stays.includes(batch.assignment)) stays.push(batch.assignment)
          seen.push(...batch.records)
          return Promise.resolve()
        }
        const onRevoke = (stay: Assignment): Promise<void> => {
          revokedWhileCurrent.push(stay.isCurrent())
          return Promise.resolve()
        }
        await room.subscribe({ group, topics: [topic], onBatch, onRevoke })
        await until(() => seen.length >= 40, { what: 'the first member reads all', withinMs: room.waitMs })
        const early = [...stays]
        expect(new Set(early.map(({ partition }) => partition)).size).toBe(4)
        const other = await room.read(group, topic)
        await until(() => early.some((stay) => !stay.isCurrent()), { what: 'a partition moves', withinMs: room.waitMs })
        await room.untilSeen(other, 1)
        const lost = early.filter((stay) => !stay.isCurrent())
        for (const stay of lost) await expect(stay.commit(0n)).rejects.toBeInstanceOf(FencedError)
        expect(revokedWhileCurrent.every(Boolean)).toBe(true)
        await room.publish(topic, many)
        await until(() => new Set(offsetsOf([...seen, ...other.seen])).size === 80, {
          what: 'each record is read by one of them',
          withinMs: room.waitMs,
        })
        const current = stays.filter((stay) => stay.isCurrent()).map(({ partition }) => partition)
        const others = [...other.stays.values()].filter((stay) => stay.isCurrent()).map(({ partition }) => partition)
        expect(current.filter((partition) => others.includes(partition))).toEqual([])
      },
      room.timeout * 2,
    )

    it(
      'begins a new assignment with a higher generation when a partition comes back',
      async () => {
        const topic = await room.newTopic(1)
        const group = newName()
        await room.publish(topic, ['a'])
        const generations: number[] = []
        const onBatch = ({ assignment }: RecordBatch): Promise<void> => {
          generations.push(assignment.generation)
          return Promise.resolve()
        }
        await room.subscribe({ group, topics: [topic], onBatch })
        await until(() => generations.length >= 1, { what: 'the first stay', withinMs: room.waitMs })
        const guest = await room.subscribe({ group, topics: [topic], onBatch: () => Promise.resolve() })
        await guest.stop()
        await until(() => generations.length >= 2 || room.publish(topic, ['a']).then(() => false), {
          what: 'a stay after the guest left',
          withinMs: room.waitMs,
          everyMs: 200,
        })
        expect(generations).toEqual(generations.toSorted((a, b) => a - b))
      },
      room.timeout * 2,
    )

    it(
      'ends with the error of a handler',
      async () => {
        const topic = await room.newTopic(1)
        await room.publish(topic, ['a'])
        const boom = new Error('boom')
        const { subscription } = await room.read(newName(), topic, () => Promise.reject(boom))
        await expect(subscription.ended).rejects.toBe(boom)
      },
      room.timeout,
    )

    it(
      'ends cleanly when it is stopped, twice too, and hands on nothing more',
      async () => {
        const topic = await room.newTopic(1)
        await room.publish(topic, ['a'])
        const reader = await room.read(newName(), topic)
        await room.untilSeen(reader, 1)
        await reader.subscription.stop()
        await reader.subscription.ended
        await reader.subscription.stop()
        const stay = reader.stays.get(0)
        expect(stay?.isCurrent()).toBe(false)
        await expect(stay?.commit(0n)).rejects.toBeInstanceOf(FencedError)
        const seen = reader.seen.length
        await room.publish(topic, ['a', 'b'])
        const witness = await room.read(newName(), topic)
        await room.untilSeen(witness, 3)
        expect(reader.seen).toHaveLength(seen)
      },
      room.timeout,
    )
  })
}
