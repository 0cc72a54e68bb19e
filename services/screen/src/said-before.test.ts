import { encodeEvent, type ChatJudged } from '@streamkeeper/contracts'
import { RetriableError, type LogRecord } from '@streamkeeper/pipeline'
import { createSaidBefore } from './said-before.js'

const noon = Date.parse('2026-01-01T12:00:00Z')
const policy = { name: 'p', version: '1', sha256: 'a'.repeat(64) }

function verdictAt(offset: number, messageId: string, { second = offset, partition = 3, ...more } = {}): LogRecord {
  const judgedAt = new Date(noon + second * 1_000).toISOString()
  const data = { streamId: 's', messageId, verdict: 'hold', matches: [], policy, judgedAt, ...more } as ChatJudged
  const about = { id: `${messageId}-${offset}`, source: '/s', subject: 's', time: new Date(judgedAt) }
  const record = encodeEvent('', { type: 'moderation.chat.judged', ...about, data })
  return { ...record, partition, offset: BigInt(offset), brokerAt: noon + second * 1_000 }
}

/** A record of the chat topic: only where it lies and when it came counts here. */
function chatAt(offset: number, second = offset): LogRecord {
  const empty = { key: 's', value: Buffer.from('{}'), headers: {} }
  return { ...empty, topic: 'moderation.chat', partition: 3, offset: BigInt(offset), brokerAt: noon + second * 1_000 }
}

interface LogOptions {
  readonly partitions?: number
  readonly ofVerdicts?: number
  readonly faults?: Error[]
}

function logOf(verdicts: readonly LogRecord[], options: LogOptions = {}) {
  const { partitions = 4, ofVerdicts = partitions, faults = [] } = options
  const reads: [partition: number, from: bigint][] = []
  const read = (_topic: string, partition: number, from: bigint, limit: number): Promise<readonly LogRecord[]> => {
    reads.push([partition, from])
    const fault = faults.shift()
    if (fault !== undefined) return Promise.reject(fault)
    const own = verdicts.filter((one) => one.partition === partition && one.offset >= from)
    return Promise.resolve(own.slice(0, limit))
  }
  const bounds = (topic: string) => {
    const count = topic === 'moderation.verdicts' ? ofVerdicts : partitions
    const endOf = (partition: number): bigint =>
      verdicts.reduce((end, one) => (one.partition === partition ? one.offset + 1n : end), 0n)
    return Promise.resolve(
      Array.from({ length: count }, (_, partition) => ({ partition, first: 0n, end: endOf(partition) })),
    )
  }
  return { read, bounds, reads }
}

const about = (messageId: string) => ({ streamId: 's', messageId })

describe('verdicts of before', () => {
  test('what was said since the first record comes back word for word, what was not said is null', async () => {
    const said = createSaidBefore(logOf([verdictAt(0, 'm1', { fallback: 'deadline' } as object)]), '')
    expect(await said.of(chatAt(0), about('m1'))).toMatchObject({ verdict: 'hold', fallback: 'deadline', policy })
    expect(await said.of(chatAt(1), about('m2'))).toBeNull()
    expect(await said.of(chatAt(1), { streamId: 'other', messageId: 'm1' })).toBeNull()
  })

  test('the first of two counts, and what a person decided is none', async () => {
    const verdicts = [
      verdictAt(0, 'm1', { final: true, verdict: 'allow' } as object),
      verdictAt(1, 'm1', { verdict: 'block' } as object),
      verdictAt(2, 'm1', { verdict: 'allow' } as object),
    ]
    expect(await createSaidBefore(logOf(verdicts), '').of(chatAt(0), about('m1'))).toMatchObject({ verdict: 'block' })
  })

  test('the partition is read once, and again when somebody else had it meanwhile', async () => {
    const verdicts = [verdictAt(0, 'm1')]
    const log = logOf(verdicts)
    const said = createSaidBefore(log, '')
    await Promise.all([said.of(chatAt(0), about('m1')), said.of(chatAt(1), about('m2'))])
    expect(log.reads).toEqual([[3, 0n]])
    verdicts.push(verdictAt(1, 'm9', { second: 9_000 }))
    expect(await said.of(chatAt(9_000), about('m9'))).not.toBeNull()
  })

  test('topics with another number of partitions are looked through whole', async () => {
    const log = logOf([verdictAt(0, 'm1', { partition: 1 })], { ofVerdicts: 2 })
    expect(await createSaidBefore(log, '').of(chatAt(0), about('m1'))).not.toBeNull()
  })

  test('a record that nobody can read is no verdict', async () => {
    const broken = { ...verdictAt(0, 'm1'), value: Buffer.from('{') }
    expect(await createSaidBefore(logOf([broken]), '').of(chatAt(0), about('m1'))).toBeNull()
  })

  test('a group that was set back far reads no more than it can hold', async () => {
    const many = Array.from({ length: 40_000 }, (_, n) => verdictAt(n, `m${n}`, { second: n / 1_000 }))
    const log = logOf(many)
    const said = createSaidBefore(log, '')
    expect(await said.of(chatAt(0), about('m0'))).not.toBeNull()
    expect(await said.of(chatAt(0), about('m39999'))).toBeNull()
  }, 30_000)

  test('while the log is away nothing is said, and the next record tries again', async () => {
    const said = createSaidBefore(logOf([verdictAt(0, 'm1')], { faults: [new RetriableError('away')] }), '')
    await expect(said.of(chatAt(0), about('m1'))).rejects.toThrow('away')
    expect(await said.of(chatAt(0), about('m1'))).not.toBeNull()
  })
})
