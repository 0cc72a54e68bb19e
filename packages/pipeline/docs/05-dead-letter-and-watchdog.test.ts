/**
 * 5. Dead letters and the watchdog
 *
 * A dead letter holds the raw bytes and the coordinates of a record; its id is made of the coordinates, so a replay makes
 * the same one. The watchdog finds a consumer that has silently stopped: lag stands and offsets do not move.
 */
import { events, type SpoolReference } from '@streamkeeper/contracts'
// @boundaries-ignore testkit is built on pipeline's ports: declared, the two would be a circle
import { FakeClock, MemoryEventLog } from '@streamkeeper/testkit'
import {
  buildDeadLetter,
  createDeadLetter,
  createProgressWatchdog,
  type LogRecord,
  type Rejection,
} from '../src/index.js'

const record: LogRecord = {
  topic: 'p.live.chat',
  partition: 3,
  offset: 9_007_199_254_740_993n,
  key: 's1',
  value: Buffer.from([0, 255, 123]),
  headers: { 'content-type': 'x' },
  brokerAt: 0,
}
const rejection: Rejection = {
  code: 'INVALID_JSON',
  message: 'value: not JSON',
  stage: 'decode',
  attempts: 1,
  firstSeenAt: new Date(0),
}
const spooled: Buffer[] = []
const spool = async (bytes: Buffer, { id, sha256 }: { id: string; sha256: string }): Promise<SpoolReference> => {
  spooled.push(bytes)
  return { key: `dlq/${id}`, sha256, size: bytes.length }
}
const parts = { source: '/streamkeeper/ingest', now: () => 1000, spool }

describe('5. a dead letter', () => {
  it('fits the contract and holds the bytes', async () => {
    const { id, subject, data } = await buildDeadLetter(record, rejection, parts)
    expect([id, subject]).toEqual(['p.live.chat:3:9007199254740993', 's1'])
    expect(data).toMatchObject({
      offset: '9007199254740993',
      value: 'AP97',
      stage: 'decode',
      firstSeenAt: '1970-01-01T00:00:00.000Z',
    })
    expect(events['moderation.record.rejected'].data.safeParse(data).success).toBe(true)
  })

  it('names the spool for what is larger than 256 KB, and is never too large for its topic itself', async () => {
    const hostile = {
      ...record,
      key: 'k'.repeat(900_000),
      value: Buffer.alloc(16 * 1024 * 1024),
      headers: { a: 'x'.repeat(900_000), b: 'kept' },
    }
    const log = new MemoryEventLog()
    await log.ensureTopics([{ name: 'p.moderation.dlq', partitions: 1, maxRecordBytes: 1_048_576, retentionMs: 1000 }])
    const long = { ...rejection, message: '长'.repeat(500_000) }
    await createDeadLetter({ ...parts, log, topicPrefix: 'p.' })(hostile, long)
    await createDeadLetter({ ...parts, log, topicPrefix: 'p.' })({ ...record, value: Buffer.alloc(256 * 1024) }, long)
    const [first, second] = (await log.read('p.moderation.dlq', 0, 0n, 2)).map(
      ({ value }) => (JSON.parse(String(value)) as { data: Record<string, unknown> }).data,
    )
    expect(first).toMatchObject({
      keyCut: true,
      headers: { b: 'kept' },
      headersCut: true,
      spool: { size: 16 * 1024 * 1024 },
    })
    expect(first?.['value']).toBeUndefined()
    expect(spooled).toEqual([hostile.value])
    expect(second?.['spool']).toBeUndefined()
    expect(String(second?.['value'])).toHaveLength(349_528)
  })

  it('of a tombstone without key has no value and is keyed by its partition', async () => {
    const { subject, data } = await buildDeadLetter({ ...record, key: null, value: null }, rejection, parts)
    expect([subject, data.key, data.value, data.sha256]).toEqual(['p.live.chat:3', null, undefined, undefined])
  })
})

describe('5. the progress watchdog', () => {
  const lag = (committed: bigint, end = 10n) => [{ topic: 't', partition: 0, end, committed }]

  it('speaks up when lag stands and offsets do not move', async () => {
    const clock = new FakeClock()
    const watchdog = createProgressWatchdog({ stallMs: 60_000, clock })
    expect(watchdog.observe(lag(1n))).toEqual([])
    await clock.advance(59_999)
    expect(watchdog.observe(lag(1n))).toEqual([])
    await clock.advance(1)
    expect(watchdog.observe(lag(1n))).toEqual([{ ...lag(1n)[0], stalledMs: 60_000 }])
  })

  it.each([
    ['an offset that moves', lag(2n), undefined],
    ['no lag', lag(10n), undefined],
    ['a declared back-off', lag(1n), () => true],
    ['a partition that is not ours any more', [], undefined],
  ])('is quiet, and counts from anew, after %s', async (_label, between, excused) => {
    const clock = new FakeClock()
    const watchdog = createProgressWatchdog({ stallMs: 60_000, clock })
    watchdog.observe(lag(1n))
    await clock.advance(59_000)
    expect(watchdog.observe(between, excused)).toEqual([])
    await clock.advance(59_000)
    expect(watchdog.observe(lag(1n))).toEqual([])
  })
})
