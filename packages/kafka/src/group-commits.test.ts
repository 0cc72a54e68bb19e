import type { Cluster } from 'kafkajs'
import { GroupCommits } from './group-commits.js'

interface Request {
  readonly groupGenerationId: number
  readonly topics: { topic: string; partitions: { partition: number; offset: string; metadata?: string | null }[] }[]
}

function make(faults: Error[] = []) {
  const requests: Request[] = []
  const coordinator = {
    offsetCommit: async (request: Request) => {
      requests.push(request)
      await new Promise((resolve) => setImmediate(resolve))
      const fault = faults.shift()
      if (fault !== undefined) throw fault
    },
  }
  const cluster = { findGroupCoordinator: () => Promise.resolve(coordinator) } as unknown as Cluster
  return { requests, commits: new GroupCommits('g', { memberId: 'm', generationId: 3 }, cluster) }
}

const commit = (partition: number, position: bigint, note: string | null = null, topic = 't') => ({
  topic,
  partition,
  position,
  note,
})

describe('commits of a group', () => {
  it('travel together when they are asked for together, the latest word of each partition', async () => {
    const { requests, commits } = make()
    const calls = [commit(0, 5n), commit(1, 7n, 'note'), commit(0, 6n), commit(0, 1n, null, 'u')]
    await Promise.all(calls.map((one) => commits.send(one)))
    expect(requests).toHaveLength(1)
    expect(requests[0]).toMatchObject({
      groupGenerationId: 3,
      topics: [
        {
          topic: 't',
          partitions: [
            { partition: 0, offset: '6' },
            { partition: 1, offset: '7', metadata: 'note' },
          ],
        },
        { topic: 'u', partitions: [{ partition: 0, offset: '1' }] },
      ],
    })
  })

  it('gather while a request is on its way, and each learns what became of its own', async () => {
    const { requests, commits } = make([new Error('no')])
    const first = commits.send(commit(0, 1n))
    const failed = expect(first).rejects.toThrow('no')
    await new Promise((resolve) => setImmediate(resolve))
    const later = Promise.all([commits.send(commit(0, 2n)), commits.send(commit(1, 2n))])
    await failed
    await later
    expect(requests.map(({ topics }) => topics[0]?.partitions.length)).toEqual([1, 2])
  })
})
