import fc from 'fast-check'
import { RetriableError } from './errors.js'
import { InOrder, type InOrderOptions } from './in-order.js'
import type { RunContext } from './step.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const timing = { now: () => 0, random: () => 0, sleep: turn }
const options: InOrderOptions = { pipeline: 'p', step: 's', timing }
const contextOf = (signal = new AbortController().signal): RunContext => ({ signal, progress: () => undefined })

interface Item {
  readonly key: string
  readonly n: number
}

/** What was sent successfully of a key, each item where it came first. */
function sentOf(sent: readonly Item[], key: string): number[] {
  return [...new Set(sent.filter((item) => item.key === key).map(({ n }) => n))]
}

test('in whatever way sending fails, each key is sent in its order, all of it', async () => {
  const anyFailures = fc.array(fc.constantFrom('ok', 'before', 'after'), { maxLength: 30 })
  const anyItems = fc.array(fc.record({ key: fc.constantFrom('a', 'b'), waits: fc.boolean() }), { maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(anyFailures, anyItems, fc.integer({ min: 1, max: 5 }), async (failures, items, most) => {
      const sent: Item[] = []
      let calls = 0
      const inOrder = new InOrder<Item>(
        async (batch) => {
          expect(new Set(batch.map(({ key }) => key)).size).toBe(1)
          expect(batch.length).toBeLessThanOrEqual(most)
          const fate = failures[calls]
          calls += 1
          await turn()
          if (fate === 'before') throw new RetriableError('away')
          sent.push(...batch)
          // It arrived, but nobody said so.
          if (fate === 'after') throw new RetriableError('no answer')
        },
        { ...options, most },
      )
      const done: Promise<void>[] = []
      for (const [n, { key, waits }] of items.entries()) {
        done.push(inOrder.add(key, { key, n }, contextOf()))
        if (waits) await turn()
      }
      await Promise.all(done)
      for (const key of ['a', 'b']) {
        const wanted = [...items.entries()].filter(([, item]) => item.key === key).map(([n]) => n)
        expect(sentOf(sent, key)).toEqual(wanted)
      }
    }),
    { numRuns: 200 },
  )
})

test('what comes while others are on their way travels together, and keys do not wait for each other', async () => {
  const batches: Item[][] = []
  const release: (() => void)[] = []
  const inOrder = new InOrder<Item>(async (batch) => {
    batches.push([...batch])
    await new Promise<void>((resolve) => release.push(resolve))
  }, options)
  const all = [1, 2, 3].map((n) => inOrder.add('a', { key: 'a', n }, contextOf()))
  all.push(inOrder.add('b', { key: 'b', n: 9 }, contextOf()))
  await turn()
  expect(batches.map((batch) => batch.map(({ n }) => n))).toEqual([[1], [9]])
  release[0]?.()
  await all[0]
  await turn()
  expect(batches.at(-1)?.map(({ n }) => n)).toEqual([2, 3])
  for (const one of release) one()
  await Promise.all(all)
})

test('one that cannot be sent is told so, the others go', async () => {
  const sent: number[] = []
  const inOrder = new InOrder<Item>(async (batch) => {
    await turn()
    if (batch.some(({ n }) => n === 2)) throw new Error('too large')
    sent.push(...batch.map(({ n }) => n))
  }, options)
  const results = await Promise.allSettled([0, 1, 2, 3].map((n) => inOrder.add('a', { key: 'a', n }, contextOf())))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
  expect(sent).toEqual([0, 1, 3])
})

test('an abort ends the wait and keeps the rest from being sent; other items of the key go on', async () => {
  const owner = new AbortController()
  let isAway = true
  const sent: number[] = []
  const retried: string[] = []
  const inOrder = new InOrder<Item>(
    (batch) => {
      if (isAway) return Promise.reject(new RetriableError('away'))
      sent.push(...batch.map(({ n }) => n))
      return Promise.resolve()
    },
    {
      ...options,
      // Only an abort ends it.
      timing: {
        ...timing,
        sleep: (_ms, signal) =>
          new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('abort')))),
      },
      observer: { stepRetried: ({ pipeline, step, reason }) => retried.push(`${pipeline} ${step} ${reason}`) },
    },
  )
  const old = [0, 1].map((n) => inOrder.add('a', { key: 'a', n }, contextOf(owner.signal)))
  const next = inOrder.add('a', { key: 'a', n: 2 }, contextOf())
  await turn()
  isAway = false
  owner.abort(new Error('revoked'))
  const results = await Promise.allSettled(old)
  expect(results.map((result) => result.status === 'rejected' && String(result.reason))).toEqual([
    'Error: revoked',
    'Error: revoked',
  ])
  await next
  expect(sent).toEqual([2])
  expect(retried).toEqual(['p s RetriableError'])
  await expect(inOrder.add('a', { key: 'a', n: 3 }, contextOf(owner.signal))).rejects.toThrow('revoked')
})
