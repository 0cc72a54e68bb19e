import assert from 'node:assert/strict'
import fc from 'fast-check'
// @boundaries-ignore testkit is built on pipeline's ports: declared, the two would be a circle
import { describeMutants } from '@streamkeeper/testkit'
import { KeyedRunner } from './keyed-runner.js'

interface Plan {
  readonly key: string
  readonly ticks: number
  readonly fails: boolean
  /** After so many ticks the key's next item may start; null: when this one is finished. */
  readonly admitsAfter: number | null
  readonly bytes: number
}

const plan: fc.Arbitrary<Plan> = fc.record({
  key: fc.constantFrom('a', 'b', 'c', 'd'),
  ticks: fc.nat(6),
  fails: fc.integer({ min: 0, max: 12 }).map((n) => n === 0),
  admitsAfter: fc.option(fc.nat(3)),
  bytes: fc.integer({ min: 0, max: 30 }),
})
const bounds = fc.record({
  maxInFlight: fc.integer({ min: 1, max: 6 }),
  maxInFlightBytes: fc.integer({ min: 10, max: 80 }),
})
const offsetOf = (n: number): bigint => BigInt(n * 3)

/** Runs one random load and checks every property of the runner. */
async function checkLoad(
  Runner: typeof KeyedRunner,
  plans: readonly Plan[],
  limits: { maxInFlight: number; maxInFlightBytes: number },
) {
  let settled = 0
  const runner = new Runner({ ...limits, onSettled: () => (settled += 1) })
  const started: number[] = []
  const released = new Set<number>()
  const finished = new Set<number>()
  /** The next one of a key that was let in early may be on its way when this one fails. */
  const failedKeys = new Set<string>()
  let hasFailed = false
  /** Gathered, since the runner keeps only the first failure of its handlers. */
  const violations: string[] = []
  const expectThat = (holds: boolean, what: string): void => void (holds || violations.push(what))
  let admitted = 0
  let thrown: unknown
  const handle = async (n: number, admitNext: () => void): Promise<void> => {
    const { key, ticks, fails, admitsAfter } = plans[n] ?? assert.fail()
    expectThat(!failedKeys.has(key), 'nothing of a key starts after its unknown failure')
    for (const [m, other] of plans.slice(0, n).entries())
      expectThat(other.key !== key || released.has(m), 'order within a key')
    started.push(n)
    expectThat(runner.inFlight <= limits.maxInFlight, 'intake is bounded by count')
    expectThat(runner.inFlightBytes <= limits.maxInFlightBytes || runner.inFlight === 1, 'intake is bounded by bytes')
    for (let tick = 0; tick < ticks; tick += 1) {
      if (tick === admitsAfter) {
        released.add(n)
        admitNext()
      }
      await Promise.resolve()
    }
    if (fails) {
      hasFailed = true
      if (released.has(n)) setImmediate(() => failedKeys.add(key))
      else failedKeys.add(key)
      throw new Error(`item ${n}`)
    }
    finished.add(n)
    released.add(n)
  }
  try {
    for (const [n, { key, bytes }] of plans.entries()) {
      await runner.admit({ key, offset: offsetOf(n), bytes, handle: (admitNext) => handle(n, admitNext) })
      admitted += 1
    }
  } catch (error) {
    thrown = error
  }
  await runner.drain().catch((error: unknown) => (thrown = error))
  assert.deepEqual(violations, [])
  let expected: bigint | null = null
  for (let n = 0; finished.has(n); n += 1) expected = offsetOf(n)
  assert.equal(runner.watermark.value, expected, 'no gap below the commit')
  assert.equal(thrown !== undefined, hasFailed, 'a failure is always seen')
  if (thrown === undefined) assert.equal(finished.size, plans.length, 'else all is done')
  assert.deepEqual([runner.inFlight, runner.inFlightBytes], [0, 0], 'nothing is left behind')
  assert.equal(settled, admitted, 'each item settles once')
}

async function checkOverlap(Runner: typeof KeyedRunner): Promise<void> {
  const runner = new Runner({ maxInFlight: 4, maxInFlightBytes: 100 })
  const started: string[] = []
  let release = (): void => undefined
  const gate = new Promise<void>((resolve) => (release = resolve))
  const admit = (key: string, n: number) =>
    runner.admit({ key, offset: BigInt(n), bytes: 1, handle: () => (started.push(`${key}${n}`), gate) })
  await admit('a', 1)
  await admit('a', 2)
  await admit('b', 3)
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(started, ['a1', 'b3'], 'other keys do not wait')
  release()
  await runner.drain()
  assert.deepEqual(started, ['a1', 'b3', 'a2'])
}

async function checkFence(Runner: typeof KeyedRunner): Promise<void> {
  const runner = new Runner({ maxInFlight: 2, maxInFlightBytes: 100 })
  const started: number[] = []
  let release = (): void => undefined
  const gate = new Promise<void>((resolve) => (release = resolve))
  const admit = (n: number) =>
    runner.admit({ key: 'a', offset: BigInt(n), bytes: 1, handle: () => (started.push(n), gate) })
  assert.ok((await admit(1)) && (await admit(2)))
  const waiting = admit(3)
  await new Promise((resolve) => setImmediate(resolve))
  runner.fence()
  assert.equal(await waiting, false, 'intake that waits for room ends')
  let isDrained = false
  const drained = runner.drain().then(() => (isDrained = true))
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(isDrained, false, 'drain waits for what runs')
  release()
  await drained
  assert.deepEqual(started, [1], 'nothing starts after the fence')
  assert.equal(runner.watermark.value, 1n, 'and nothing unstarted counts as finished')
}

async function checkEarlyAdmission(Runner: typeof KeyedRunner): Promise<void> {
  const runner = new Runner({ maxInFlight: 4, maxInFlightBytes: 100 })
  let release = (): void => undefined
  const gate = new Promise<void>((resolve) => (release = resolve))
  let isSecondDone = false
  const first = (admitNext: () => void): Promise<void> => {
    admitNext()
    return gate
  }
  const second = async (): Promise<void> => void (isSecondDone = await Promise.resolve(true))
  await runner.admit({ key: 'a', offset: 1n, bytes: 1, handle: first })
  await runner.admit({ key: 'a', offset: 2n, bytes: 1, handle: second })
  await new Promise((resolve) => setImmediate(resolve))
  assert.ok(isSecondDone, 'the next one runs before the first is finished')
  assert.equal(runner.watermark.value, null, 'and does not lift the watermark over it')
  release()
  await runner.drain()
  assert.equal(runner.watermark.value, 2n)
}

async function checkAll(Runner: typeof KeyedRunner, numRuns: number): Promise<void> {
  await checkOverlap(Runner)
  await checkFence(Runner)
  await checkEarlyAdmission(Runner)
  const load = fc.array(plan, { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(load, bounds, (plans, limits) => checkLoad(Runner, plans, limits)),
    { numRuns, endOnFailure: true, timeout: 1000 },
  )
}

describe('KeyedRunner', () => {
  it('holds its properties under any load', () => checkAll(KeyedRunner, 2000), 30_000)

  it('refuses an offset that does not rise', async () => {
    const runner = new KeyedRunner({ maxInFlight: 2, maxInFlightBytes: 100 })
    const item = { key: 'a', offset: 5n, bytes: 1, handle: () => Promise.resolve() }
    await runner.admit(item)
    await expect(runner.admit(item)).rejects.toBeInstanceOf(RangeError)
  })
})

describeMutants({
  sources: import.meta.dirname,
  entry: 'keyed-runner.js',
  check: (module) => checkAll(module['KeyedRunner'] as typeof KeyedRunner, 400),
  mutants: {
    'no order within a key': ['keyed-runner.ts', 'await turn\n', '\n'],
    'one order for all keys': [
      'keyed-runner.ts',
      'this.#turns.set(item.key, next)',
      "this.#turns.set('a', next).set('b', next)",
    ],
    'key goes on after its failure': ['keyed-runner.ts', 'this.#closedKeys.add(item.key)', ''],
    'unbounded count': ['keyed-runner.ts', 'this.#inFlight < this.#options.maxInFlight', 'true'],
    'unbounded bytes': ['keyed-runner.ts', 'this.#inFlightBytes + bytes <= this.#options.maxInFlightBytes', 'true'],
    'bytes never given back': ['keyed-runner.ts', 'this.#inFlightBytes -= item.bytes', ''],
    'failure swallowed': ['keyed-runner.ts', 'this.#failure ??= { error }', 'void error'],
    'finished as it starts': [
      'keyed-runner.ts',
      'await item.handle(slot.admitNext)',
      'slot.finish(); await item.handle(slot.admitNext)',
    ],
    'finished although it failed': ['keyed-runner.ts', 'slot.admitNext()\n', 'slot.admitNext(); slot.finish()\n'],
    'next one admitted too early': ['keyed-runner.ts', 'await item.handle(', 'slot.admitNext(); await item.handle('],
    'early admission ignored': ['keyed-runner.ts', 'item.handle(slot.admitNext)', 'item.handle(() => undefined)'],
    'starts behind the fence': ['keyed-runner.ts', 'this.#fenced || ', ''],
    'drain waits for nothing': ['keyed-runner.ts', 'while (this.#inFlight > 0)', 'while (false)'],
    'watermark is what finished last': [
      'watermark.ts',
      'while (this.#open[0]?.done === true)',
      'this.#value = entry.offset; while (false)',
    ],
  },
})
