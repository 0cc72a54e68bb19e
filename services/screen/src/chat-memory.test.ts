import { encodeEvent } from '@streamkeeper/contracts'
import { RetriableError, type LogRecord } from '@streamkeeper/pipeline'
import { createChatMemory, type ChatMemory } from './chat-memory.js'

const noon = Date.parse('2026-01-01T12:00:00Z')

function said(offset: number, text: string, { account = 'a', second = offset } = {}): LogRecord & { data: never } {
  const at = new Date(noon + second * 1_000)
  const data = {
    streamId: 's',
    messageId: `m${offset}`,
    accountId: account,
    text,
    kind: 'message' as const,
    sentAt: at.toISOString(),
    receivedAt: at.toISOString(),
    origin: {
      topic: 'live.chat',
      partition: 0,
      offset: String(offset),
      id: `e${offset}`,
      source: '/p',
      brokerAt: at.toISOString(),
    },
  }
  const type = 'moderation.chat.accepted' as const
  const record = encodeEvent('', { type, id: `e${offset}`, source: '/p', subject: 's', time: at, data })
  return { ...record, partition: 0, offset: BigInt(offset), brokerAt: at.getTime(), data: data as never }
}

function logOf(records: readonly LogRecord[], faults: Error[] = []) {
  const reads: [from: bigint, limit: number][] = []
  const read = (_topic: string, _partition: number, from: bigint, limit: number): Promise<readonly LogRecord[]> => {
    reads.push([from, limit])
    const fault = faults.shift()
    if (fault !== undefined) return Promise.reject(fault)
    return Promise.resolve(records.filter(({ offset }) => offset >= from && offset < from + BigInt(limit)))
  }
  const bounds = () => Promise.resolve([{ partition: 0, first: 0n, end: 10_000n }])
  return { read, bounds, reads }
}

const before = async (memory: ChatMemory, record: ReturnType<typeof said>): Promise<readonly string[]> =>
  (await memory.take(record, record.data)).before

describe('chat memory', () => {
  it('reads back once what was written before the first record that it sees', async () => {
    const [one, two, three, four] = [
      said(0, 'old', { second: -90 }),
      said(1, 'ki'),
      said(2, 'x', { account: 'b' }),
      said(3, 'te'),
    ]
    const log = logOf([one, two, three, four])
    const memory = createChatMemory(log, '', null)
    expect(await Promise.all([before(memory, four), before(memory, four)])).toEqual([['ki'], ['ki']])
    const five = said(4, 'more')
    expect(await before(memory, five)).toEqual(['ki', 'te'])
    expect(log.reads).toEqual([[0n, 3]])
  })

  it('reads back again when somebody else had the partition meanwhile', async () => {
    const [first, later] = [said(0, 'a'), said(5_000, 'te', { second: 9 })]
    const log = logOf([first, said(4_999, 'ki', { second: 8 }), later])
    const memory = createChatMemory(log, '', null)
    expect(await before(memory, first)).toEqual([])
    expect(await before(memory, later)).toContain('ki')
    // Further and further, until it has what its windows reach.
    expect(log.reads.map(([from]) => from)).toEqual([4_500n, 4_000n, 3_000n, 1_000n, 0n])
  })

  it('does not go on without it while the log is away', async () => {
    const [one, two] = [said(0, 'ki'), said(1, 'te')]
    const memory = createChatMemory(logOf([one, two], [new RetriableError('away')]), '', null)
    await expect(memory.take(two, two.data)).rejects.toThrow('away')
    expect(await before(memory, two)).toEqual(['ki'])
  })

  it('counts what an account sent, also what it reads back, and the same for a message that comes again', async () => {
    const records = [
      said(0, 'come to my shop'),
      said(1, 'COME to my shop!!'),
      said(2, 'hello'),
      said(3, 'come to my shop 7'),
    ]
    const memory = createChatMemory(logOf(records), '', { sentWithinMs: 2_000, sameWithinMs: 60_000 })
    const take = async (n: number) => memory.take(records[n] as LogRecord, (records[n] as { data: never }).data)
    const last = await take(3)
    expect(last.activity).toEqual({ sent: 3, same: 3 })
    expect(last.gistLength).toBe('cometomyshop'.length)
    expect((await take(3)).activity).toEqual(last.activity)
    expect((await take(1)).textKey()).toBe(last.textKey())
  })

  it('a restart changes no count: as far as the windows reach, the log is read back', async () => {
    const records = Array.from({ length: 1_500 }, (_, n) => said(n, `line ${n % 3}`, { second: n / 30 }))
    const lengths = { sentWithinMs: 10_000, sameWithinMs: 40_000 }
    const take = async (memory: ChatMemory, n: number) =>
      (await memory.take(records[n] as LogRecord, (records[n] as { data: never }).data)).activity
    const [whole, log] = [createChatMemory(logOf(records), '', lengths), logOf(records)]
    for (let n = 0; n < 1_400; n += 1) await take(whole, n)
    const restarted = createChatMemory(log, '', lengths)
    for (let n = 1_400; n < 1_500; n += 1) expect(await take(restarted, n)).toEqual(await take(whole, n))
    expect(log.reads).toEqual([
      [900n, 1],
      [400n, 1],
      [0n, 1_400],
    ])
  })

  it('also when a minute holds more than is read at once', async () => {
    // The first record of the minute and the last one are of one account; between them 40,000 of others.
    const fill = said(1, 'filler', { account: 'b' })
    const first = said(0, 'come to my shop', { second: 1 })
    const last = said(40_000, 'come to my shop', { second: 59 })
    const recordAt = (offset: number): LogRecord => {
      if (offset === 0) return first
      return offset === 40_000 ? last : { ...fill, offset: BigInt(offset), brokerAt: noon + 2_000 + offset }
    }
    const largest: number[] = []
    const read = (_topic: string, _partition: number, from: bigint, limit: number): Promise<readonly LogRecord[]> => {
      largest.push(limit)
      const length = Math.min(limit, 40_001 - Number(from))
      return Promise.resolve(Array.from({ length }, (_, n) => recordAt(Number(from) + n)))
    }
    const bounds = () => Promise.resolve([{ partition: 0, first: 0n, end: 40_001n }])
    const memory = createChatMemory({ read, bounds }, '', { sentWithinMs: 60_000, sameWithinMs: 60_000 })
    expect((await memory.take(last, last.data)).activity).toEqual({ sent: 2, same: 2 })
    expect(Math.max(...largest)).toBe(32_000)
  }, 60_000)

  it('who asks for no windows pays for none', async () => {
    const one = said(0, 'kite')
    expect((await createChatMemory(logOf([one]), '', null).take(one, one.data)).activity).toEqual({ sent: 1, same: 1 })
  })
})
