import { RecordTooLargeError, type OutgoingRecord } from '@streamkeeper/pipeline'
import { describeEventLogGroups } from './event-log-groups.js'
import { day, EventLogRoom, keys, mebibyte, newName, specOf, type EventLogSuite } from './event-log-room.js'

export type { EventLogSuite } from './event-log-room.js'

/** What every EventLog must do. */
export function describeEventLog(name: string, suite: EventLogSuite): void {
  describe(`EventLog contract: ${name}`, () => {
    const room = new EventLogRoom(suite)
    room.prepare()

    it(
      'answers a ping',
      async () => {
        await room.log.ping()
      },
      room.timeout,
    )

    it(
      'makes a topic once, says by name what differs, and changes nothing',
      async () => {
        const topic = await room.newTopic(3)
        expect(await room.log.ensureTopics([specOf(topic, 3)])).toEqual([])
        const other = { name: topic, partitions: 5, maxRecordBytes: mebibyte, retentionMs: day }
        const found = await room.log.ensureTopics([other])
        expect(found.toSorted((a, b) => a.setting.localeCompare(b.setting))).toEqual([
          { topic, setting: 'maxRecordBytes', expected: String(mebibyte), found: String(16 * mebibyte + 65_536) },
          { topic, setting: 'partitions', expected: '5', found: '3' },
          { topic, setting: 'retentionMs', expected: String(day), found: String(7 * day) },
        ])
        expect(await room.log.ensureTopics([specOf(topic, 3)])).toEqual([])
      },
      room.timeout,
    )

    it(
      'knows the bounds of each partition',
      async () => {
        const topic = await room.newTopic(3)
        const empty = await room.log.bounds(topic)
        expect(empty.map(({ partition }) => partition).toSorted((a, b) => a - b)).toEqual([0, 1, 2])
        expect(empty.every(({ first, end }) => first === end)).toBe(true)
        await room.publish(topic, keys)
        const bounds = await room.log.bounds(topic)
        expect(bounds.reduce((sum, { first, end }) => sum + end - first, 0n)).toBe(60n)
      },
      room.timeout,
    )

    it(
      'gives positions in the order of the records; a key keeps its partition and its offsets rise',
      async () => {
        const topic = await room.newTopic()
        const positions = [...(await room.publish(topic, keys)), ...(await room.publish(topic, keys))]
        expect(positions).toHaveLength(120)
        expect(new Set(positions.map(({ partition, offset }) => `${partition}:${offset}`)).size).toBe(120)
        for (const key of new Set(keys)) {
          const own = positions.filter((_, n) => keys[n % 60] === key)
          expect(new Set(own.map(({ partition }) => partition)).size).toBe(1)
          for (const [n, { offset }] of own.entries()) if (n > 0) expect(offset > (own[n - 1]?.offset ?? 0n)).toBe(true)
        }
        for (const [n, { partition, offset }] of positions.entries()) {
          const [record] = await room.log.read(topic, partition, offset, 1)
          expect(record?.value?.toString()).toBe(`${keys[n % 60]} ${n % 60}`)
          if (n >= 5) break
        }
      },
      room.timeout,
    )

    it(
      'keeps keys, headers and bytes as they are, and stamps the time of the broker',
      async () => {
        const topic = await room.newTopic(1)
        const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
        const before = Date.now()
        const records: OutgoingRecord[] = [
          { topic, key: 'a', value: every, headers: { 'content-type': 'video/mp2t', ce_id: '直播-1', empty: '' } },
          { topic, key: '主播:é~1', value: Buffer.alloc(0) },
          { topic, key: 'b', value: Buffer.from('{"a":1}'), headers: {} },
        ]
        const positions = await room.log.publish(records)
        const found = await room.log.read(topic, 0, positions[0]?.offset ?? 0n, 10)
        expect(found.map(({ key, value, headers }) => ({ topic, key, value, headers }))).toEqual(
          records.map((record) => ({ headers: {}, ...record })),
        )
        for (const { brokerAt } of found) expect(Math.abs(brokerAt - before)).toBeLessThan(60_000)
      },
      room.timeout,
    )

    it(
      'carries a record of 16 MiB, by read and by subscription',
      async () => {
        const topic = await room.newTopic(1)
        const value = Buffer.alloc(16 * mebibyte, 'media segment ')
        await room.log.publish([{ topic, key: 's', value }])
        const [record] = await room.log.read(topic, 0, 0n, 1)
        expect(record?.value?.equals(value)).toBe(true)
        const reader = await room.read(newName(), topic)
        await room.untilSeen(reader, 1)
        expect(reader.seen[0]?.value?.equals(value)).toBe(true)
      },
      room.timeout,
    )

    it(
      'refuses a record above the limit of its topic by name and takes the next one',
      async () => {
        const topic = newName()
        await room.log.ensureTopics([{ ...specOf(topic, 1), maxRecordBytes: 100_000 }])
        const big = { topic, key: 's', value: Buffer.alloc(100_001, 1) }
        await expect(room.log.publish([big])).rejects.toBeInstanceOf(RecordTooLargeError)
        await expect(room.log.publish([big])).rejects.toThrow(topic)
        await room.publish(topic, ['s'])
        expect(await room.log.read(topic, 0, 0n, 10)).toHaveLength(1)
      },
      room.timeout,
    )

    it(
      'reads a stretch of one partition without a group',
      async () => {
        const topic = await room.newTopic(1)
        await room.publish(topic, keys)
        expect((await room.log.read(topic, 0, 10n, 5)).map(({ offset }) => offset)).toEqual([10n, 11n, 12n, 13n, 14n])
        expect((await room.log.read(topic, 0, 57n, 50)).map(({ offset }) => offset)).toEqual([57n, 58n, 59n])
        expect(await room.log.read(topic, 0, 60n, 5)).toEqual([])
      },
      room.timeout,
    )
  })
  describeEventLogGroups(name, suite)
}
