import { jest } from '@jest/globals'
import type { RecordBatch } from '@streamkeeper/pipeline'
import { HandOver } from './hand-over.js'
import { Stay } from './stay.js'

function stayOf(partition: number): Stay {
  const commits = { send: () => Promise.resolve() }
  return new Stay({ topic: 't', partition, generation: 1, commits, committed: null, note: null })
}

describe('HandOver', () => {
  const failures: unknown[] = []
  let onBatch: (batch: RecordBatch) => Promise<void>
  let handOver: HandOver
  const give = (stay: Stay, bytes = 10): Promise<void> =>
    handOver.give({ stay, records: [], bytes, heartbeat: () => Promise.resolve() })
  beforeEach(() => {
    jest.useFakeTimers()
    failures.length = 0
    handOver = new HandOver({
      onBatch: (batch) => onBatch(batch),
      onFailure: (error) => failures.push(error),
      maxSilenceMs: 30_000,
    })
  })
  afterEach(() => {
    handOver.close()
    jest.useRealTimers()
  })

  it('gives one batch a partition at a time, other partitions beside, and knows what it holds', async () => {
    const inside: string[] = []
    const ends: (() => void)[] = []
    onBatch = ({ assignment }) => {
      inside.push(`${assignment.partition}`)
      return new Promise((resolve) => ends.push(resolve))
    }
    const first = [give(stayOf(0)), give(stayOf(0)), give(stayOf(1))]
    await jest.advanceTimersByTimeAsync(1)
    expect(inside).toEqual(['0', '1'])
    expect(handOver.heldBytes).toBe(30)
    ends[0]?.()
    await first[0]
    await jest.advanceTimersByTimeAsync(1)
    expect(inside).toEqual(['0', '1', '0'])
    expect(handOver.heldBytes).toBe(20)
  })

  it('fails a handler that shows no progress, and not one that does', async () => {
    let beat = (): Promise<void> => Promise.resolve()
    onBatch = (batch) => {
      beat = () => batch.heartbeat()
      return new Promise(() => undefined)
    }
    void give(stayOf(0))
    for (let n = 0; n < 10; n += 1) {
      await jest.advanceTimersByTimeAsync(20_000)
      await beat()
    }
    expect(failures).toEqual([])
    await jest.advanceTimersByTimeAsync(32_000)
    expect(failures).toHaveLength(1)
    expect(String(failures[0])).toMatch(/t:0: the handler shows no progress/)
  })

  it('passes a failure on once and stays usable', async () => {
    onBatch = () => Promise.reject(new Error('boom'))
    await give(stayOf(0))
    expect(failures).toHaveLength(1)
    expect(handOver.heldBytes).toBe(0)
  })

  it('hands on nothing of a stay that has ended, and lets its heartbeat throw', async () => {
    let beat = (): Promise<void> => Promise.resolve()
    let batches = 0
    onBatch = (batch) => {
      batches += 1
      beat = () => batch.heartbeat()
      return Promise.resolve()
    }
    const stay = stayOf(0)
    await give(stay)
    stay.end()
    await give(stay)
    expect(batches).toBe(1)
    await expect(beat()).rejects.toMatchObject({ name: 'FencedError' })
    await expect(stay.commit(1n)).rejects.toMatchObject({ name: 'FencedError' })
  })
})
