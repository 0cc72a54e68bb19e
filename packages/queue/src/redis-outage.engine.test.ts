import type { ReviewJob } from '@streamkeeper/contracts'
import type { ReviewQueue } from '@streamkeeper/pipeline'
import { PrivateRedis, until } from '@streamkeeper/testkit'
import { Worker } from 'bullmq'
import { checkRedis, createBullReviewQueue } from './index.js'

function jobOf(n: number): ReviewJob {
  return { caseId: `case.${n}`, streamId: 's', tier: 'P1', priority: n, openedAt: '2026-11-25T02:00:00.000Z' }
}

describe('a review queue whose Redis goes away', () => {
  const server = new PrivateRedis()
  let queue: ReviewQueue
  beforeEach(async () => {
    await server.start()
    queue = createBullReviewQueue({ redisUrl: server.url, prefix: 'p' })
  }, 30_000)
  afterEach(() => queue.close())
  afterEach(() => server.remove(), 30_000)

  it('gives no case away to calls that failed, and comes back by itself with all of them', async () => {
    for (let n = 0; n < 20; n += 1) await queue.put(jobOf(n))
    await server.stop('SIGKILL')
    const begun = performance.now()
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => queue.next()))
    expect(performance.now() - begun).toBeLessThan(6000)
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 'rejected', reason: { name: 'RetriableError' } })
    await expect(queue.put(jobOf(99))).rejects.toMatchObject({ name: 'RetriableError' })
    await server.start()
    await until(() => queue.ping().then(() => true), { what: 'the queue is back', withinMs: 15_000 })
    // A call that was let wait would run within this one's round trips, at the latest.
    for (let n = 0; n < 20; n += 1) await queue.ping()
    expect(await queue.size()).toBe(20)
    expect((await queue.next())?.caseId).toBe('case.19')
  }, 60_000)

  it('gives up on a server that is connected and silent', async () => {
    await queue.ping()
    server.signal('SIGSTOP')
    const begun = performance.now()
    await expect(queue.size()).rejects.toMatchObject({ name: 'RetriableError' })
    expect(performance.now() - begun).toBeLessThan(6000)
    server.signal('SIGCONT')
    await until(() => queue.ping().then(() => true), { what: 'it answers', withinMs: 15_000 })
  }, 60_000)

  it('gets a case back whose taker died, twice too, and takes a put of it meanwhile', async () => {
    const [host, port] = [new URL(server.url).hostname, Number(new URL(server.url).port)]
    const taker = new Worker('review', null, {
      connection: { host, port, maxRetriesPerRequest: null },
      prefix: 'p',
      autorun: false,
      lockDuration: 100,
    })
    taker.on('error', () => undefined)
    await queue.put(jobOf(1))
    for (const token of ['dead-1', 'dead-2']) {
      expect(await taker.getNextJob(token, { block: false })).toBeDefined()
      expect(await queue.size()).toBe(0)
      await until(async () => (await queue.size()) === 1, { what: 'the case waits again', withinMs: 20_000 })
    }
    await taker.getNextJob('dead-3', { block: false })
    await until(() => queue.put(jobOf(1)).then(() => true), { what: 'the case can be put', withinMs: 20_000 })
    expect(await queue.next()).toEqual(jobOf(1))
    await taker.close(true)
  }, 90_000)
})

describe('the settings of Redis', () => {
  const server = new PrivateRedis()
  afterEach(() => server.remove(), 30_000)

  it('are accepted when nothing is lost', async () => {
    await server.start()
    await checkRedis(server.url)
  }, 30_000)

  it('are refused by name', async () => {
    await server.start('--appendonly', 'no', '--maxmemory-policy', 'allkeys-lru')
    await expect(checkRedis(server.url)).rejects.toMatchObject({ name: 'RedisSettingsError', code: 'REDIS_SETTINGS' })
    await expect(checkRedis(server.url)).rejects.toThrow(/maxmemory-policy is allkeys-lru.*appendonly is no/)
  }, 30_000)

  it('of a server that is away are no finding', async () => {
    await expect(checkRedis('redis://127.0.0.1:1')).rejects.toMatchObject({ name: 'RetriableError' })
  }, 30_000)
})
