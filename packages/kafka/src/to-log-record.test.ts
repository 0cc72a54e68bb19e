import { toLogRecord, type RawRecord } from './to-log-record.js'

function raw(more: Partial<RawRecord>): RawRecord {
  return { key: Buffer.from('k'), value: Buffer.from('v'), offset: '9007199254740993', timestamp: '1000', ...more }
}

describe('toLogRecord', () => {
  it('keeps offsets beyond what a number holds, keys, and tombstones', () => {
    expect(toLogRecord('t', 3, raw({ key: null, value: null }))).toEqual({
      topic: 't',
      partition: 3,
      offset: 9007199254740993n,
      key: null,
      value: null,
      headers: {},
      brokerAt: 1000,
    })
  })

  it('takes any header that a client may write: none, null, repeated', () => {
    const none = null as unknown as Buffer
    const headers = { none, twice: [Buffer.from('1'), Buffer.from('2')], id: Buffer.from('直播'), text: 'x', empty: [] }
    expect(toLogRecord('t', 0, raw({ headers })).headers).toEqual({ twice: '2', id: '直播', text: 'x' })
  })

  it('does not keep the whole answer alive for a small value', () => {
    const answer = Buffer.alloc(1_000_000)
    const small = toLogRecord('t', 0, raw({ value: answer.subarray(0, 100) })).value
    expect(small?.length).toBe(100)
    expect(small?.buffer.byteLength).toBeLessThan(100_000)
  })
})
