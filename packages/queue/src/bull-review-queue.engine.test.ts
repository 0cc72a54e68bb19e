import { describeReviewQueue, engines, uniqueName } from '@streamkeeper/testkit'
import { createBullReviewQueue } from './index.js'

describeReviewQueue('BullMQ', {
  timeoutMs: 60_000,
  makeQueue: async () => {
    const queue = createBullReviewQueue({ redisUrl: engines().redis.url, prefix: uniqueName('queue') })
    return { queue, cleanup: () => queue.close() }
  },
})

describe('a queue whose Redis is away', () => {
  it('says so within its time', async () => {
    const queue = createBullReviewQueue({ redisUrl: 'redis://127.0.0.1:1', prefix: 'x' })
    await expect(queue.ping()).rejects.toMatchObject({ retriable: true })
    await expect(queue.next()).rejects.toMatchObject({ retriable: true })
    await queue.close()
  }, 30_000)
})
