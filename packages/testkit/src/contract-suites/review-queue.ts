import { randomUUID } from 'node:crypto'
import type { ReviewJob } from '@streamkeeper/contracts'
import type { ReviewQueue } from '@streamkeeper/pipeline'

export interface ReviewQueueSuite {
  /** Called for each test; the queue must be empty. */
  makeQueue(): Promise<{ queue: ReviewQueue; cleanup: () => Promise<void> }>
  readonly timeoutMs?: number
}

/** What every ReviewQueue must do. */
export function describeReviewQueue(name: string, suite: ReviewQueueSuite): void {
  const timeout = suite.timeoutMs ?? 30_000
  describe(`ReviewQueue contract: ${name}`, () => {
    let queue: ReviewQueue
    let cleanup: () => Promise<void>
    const run = randomUUID()
    const job = (id: string, tier: ReviewJob['tier'], priority: number): ReviewJob => ({
      caseId: `case.${run}.${id}`,
      streamId: `stream:${id}~1`,
      tier,
      priority,
      openedAt: '2026-11-25T02:00:00.000Z',
    })
    const shortId = (caseId: string): string => caseId.slice(`case.${run}.`.length)
    const takeAll = async (): Promise<string[]> => {
      const taken: string[] = []
      for (let next = await queue.next(); next !== null; next = await queue.next()) taken.push(shortId(next.caseId))
      return taken
    }

    beforeEach(async () => {
      ;({ queue, cleanup } = await suite.makeQueue())
    }, 60_000)
    afterEach(() => cleanup())

    it(
      'is empty at first and answers a ping',
      async () => {
        await queue.ping()
        expect(await queue.next()).toBeNull()
        expect(await queue.size()).toBe(0)
        expect(await queue.list(10)).toEqual([])
        expect(await queue.remove('nobody')).toBe(false)
      },
      timeout,
    )

    it(
      'gives the whole job back',
      async () => {
        const whole = job('1', 'P0', 123.456)
        await queue.put(whole)
        expect(await queue.next()).toEqual(whole)
        expect(await queue.next()).toBeNull()
      },
      timeout,
    )

    it(
      'orders by tier, then by priority, the higher number first',
      async () => {
        const jobs: [string, ReviewJob['tier'], number][] = [
          ['c', 'P1', 900],
          ['f', 'P3', 5000],
          ['a', 'P0', 2.5],
          ['e', 'P2', 0],
          ['b', 'P0', 0.5],
          ['d', 'P1', 899.9],
        ]
        for (const [id, tier, priority] of jobs) await queue.put(job(id, tier, priority))
        expect((await queue.list(10)).map(shortId)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
        expect((await queue.list(2)).map(shortId)).toEqual(['a', 'b'])
        expect(await takeAll()).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
      },
      timeout,
    )

    it(
      'holds a case once, at its newest priority',
      async () => {
        await queue.put(job('a', 'P2', 1))
        await queue.put(job('b', 'P1', 1))
        await queue.put(job('a', 'P0', 1))
        await queue.put(job('a', 'P0', 1))
        expect(await queue.size()).toBe(2)
        await queue.put(job('b', 'P3', 1))
        await queue.put(job('a', 'P3', 2))
        expect(await queue.next()).toEqual(job('a', 'P3', 2))
        expect(await takeAll()).toEqual(['b'])
      },
      timeout,
    )

    it(
      'takes a case back that was taken out before',
      async () => {
        await queue.put(job('a', 'P1', 1))
        expect((await queue.next())?.caseId).toBe(job('a', 'P1', 1).caseId)
        expect(await queue.size()).toBe(0)
        await queue.put(job('a', 'P1', 3))
        expect(await queue.next()).toEqual(job('a', 'P1', 3))
      },
      timeout,
    )

    it(
      'never gives one case to two',
      async () => {
        const ids = Array.from({ length: 60 }, (_, n) => `${n}`)
        await Promise.all(ids.map((id, n) => queue.put(job(id, n % 2 === 0 ? 'P1' : 'P2', n % 7))))
        expect(await queue.size()).toBe(60)
        const hands = await Promise.all(Array.from({ length: 20 }, takeAll))
        expect(hands.flat().toSorted()).toEqual(ids.toSorted())
      },
      timeout,
    )

    it(
      'removes one in the middle, once',
      async () => {
        for (const [n, id] of ['a', 'b', 'c'].entries()) await queue.put(job(id, 'P1', 10 - n))
        expect(await queue.remove(job('b', 'P1', 1).caseId)).toBe(true)
        expect(await queue.remove(job('b', 'P1', 1).caseId)).toBe(false)
        expect(await takeAll()).toEqual(['a', 'c'])
        expect(await queue.remove(job('a', 'P1', 1).caseId)).toBe(false)
      },
      timeout,
    )

    it(
      'takes one case of two putters at once',
      async () => {
        await Promise.all(Array.from({ length: 10 }, (_, n) => queue.put(job('a', 'P1', n))))
        expect(await queue.size()).toBe(1)
        expect(await takeAll()).toEqual(['a'])
      },
      timeout,
    )
  })
}
