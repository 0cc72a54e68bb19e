import assert from 'node:assert/strict'
// @boundaries-ignore testkit is built on pipeline's ports: declared, the two would be a circle
import { describeMutants, settle, until, type MemoryEventLog } from '@streamkeeper/testkit'
import {
  committed,
  gate,
  group,
  makeLog,
  nameOf,
  optionsFor,
  topic,
  untilCommitted,
  runScenario,
  type Scenario,
} from '../test/consumer-scenarios.js'
import type { ConsumeOptions } from './consume-options.js'
import { consume } from './consumer.js'
import { drop, ok } from './outcome.js'

const scenarios: Record<string, Scenario> = {
  'finishes everything, commits it, and a second start has nothing to do': async (consume) => {
    const log = await makeLog(['a0', 'b1', 'a2', 'c3', 'a4'])
    const done: string[] = []
    const process: ConsumeOptions['process'] = async (record) => {
      done.push(nameOf(record))
      return nameOf(record) === 'c3' ? drop('duplicate') : ok()
    }
    for (let start = 0; start < 2; start += 1) {
      const consumer = await consume(optionsFor(log, { process }))
      await untilCommitted(log, 5n)
      await consumer.stop()
      await consumer.ended
    }
    assert.deepEqual(done.toSorted(), ['a0', 'a2', 'a4', 'b1', 'c3'])
    assert.deepEqual(
      done.filter((name) => name.startsWith('a')),
      ['a0', 'a2', 'a4'],
    )
  },

  'commits at stop what was finished since the last commit': async (consume) => {
    const log = await makeLog(['a0', 'b1'])
    const consumer = await consume(optionsFor(log, { process: async () => ok(), commitEveryMs: aDay }))
    await until(() => consumer.stats().partitions[0]?.inFlight === 0, { what: 'all done' })
    await consumer.stop()
    assert.equal(committed(log)?.offset, 2n)
  },

  'makes one commit of many records': async (consume) => {
    const log = await makeLog(Array.from({ length: 400 }, (_, n) => `a${n}`))
    let commits = 0
    const stepEnded = ({ step }: { step: string }): void => void (commits += step === 'commit' ? 1 : 0)
    const consumer = await consume(
      optionsFor(log, { process: async () => ok(), commitEveryMs: 50, observer: { stepEnded } }),
    )
    await untilCommitted(log, 400n)
    await consumer.stop()
    assert.ok(commits >= 1 && commits < 20, `${commits} commits`)
  },

  'a commit that fails retriably is tried again': async (consume) => {
    const log = await makeLog(['a0'])
    log.faults.failCommits = 3
    const consumer = await consume(optionsFor(log, { process: async () => ok() }))
    await untilCommitted(log, 1n)
    await consumer.stop()
  },

  'a rebalance drains first: what was in flight is committed and not done twice': async (consume) => {
    const log = await makeLog(['a0', 'b1', 'c2'])
    const done: string[] = []
    const hold = gate()
    const process: ConsumeOptions['process'] = async (record) => {
      await hold.opened
      done.push(nameOf(record))
      return ok()
    }
    const consumer = await consume(optionsFor(log, { process, commitEveryMs: aDay }))
    await until(() => consumer.stats().partitions[0]?.inFlight === 3, { what: 'three in flight' })
    const rebalanced = log.rebalance(group)
    await settle()
    hold.open()
    await rebalanced
    assert.equal(committed(log)?.offset, 3n)
    log.append({ topic, key: 'a', value: Buffer.from('a3') })
    await until(() => done.includes('a3'), { what: 'the new assignment goes on' })
    await consumer.stop()
    assert.deepEqual(done.toSorted(), ['a0', 'a3', 'b1', 'c2'])
  },

  'the generation fence: work that comes late commits nothing, and the record is handled again': async (consume) => {
    const log = await makeLog(['a0', 'a1'])
    const late = gate()
    let runs = 0
    const aborted: boolean[] = []
    const process: ConsumeOptions['process'] = async (_record, context) => {
      runs += 1
      if (runs > 1) await gate().opened
      await late.opened
      aborted.push(context.signal.aborted)
      return ok()
    }
    const consumer = await consume(optionsFor(log, { process, drainTimeoutMs: 10 }))
    await until(() => runs === 1, { what: 'the first run' })
    await log.rebalance(group)
    await until(() => runs === 2, { what: 'the record again, in the new assignment' })
    late.open()
    await until(() => aborted.length === 1, { what: 'the late end of the first run' })
    await settle()
    await new Promise((resolve) => setTimeout(resolve, 20))
    assert.deepEqual([aborted, runs, committed(log)], [[true], 2, null])
    await consumer.stop()
  },

  'early admission: a record may wait for the next of its key, and for the end': async (consume) => {
    const log = await makeLog(['a0', 'a1', 'a2'])
    const fed: string[] = []
    let flush = (): void => undefined
    const process: ConsumeOptions['process'] = async (record, context) => {
      fed.push(nameOf(record))
      flush()
      const next = new Promise<void>((resolve) => (flush = resolve))
      context.draining.addEventListener('abort', () => flush())
      context.admitNext()
      await next
      return ok()
    }
    const consumer = await consume(optionsFor(log, { process }))
    await untilCommitted(log, 2n)
    assert.deepEqual(fed, ['a0', 'a1', 'a2'])
    await consumer.stop()
    assert.equal(committed(log)?.offset, 3n)
  },

  'drain waits without a bound; intake is over': async (consume) => {
    const log = await makeLog(['a0'])
    const hold = gate()
    const consumer = await consume(
      optionsFor(log, { process: async () => (await hold.opened, ok()), drainTimeoutMs: 1 }),
    )
    await until(() => consumer.stats().partitions[0]?.inFlight === 1, { what: 'one in flight' })
    const drained = consumer.drain()
    log.append({ topic, key: 'b', value: Buffer.from('b1') })
    await settle()
    hold.open()
    await drained
    assert.equal(committed(log)?.offset, 1n)
    await consumer.stop()
  },
}

/** No tick of the clock comes within a test. */
const aDay = 24 * 60 * 60 * 1_000

describe('consume', () => {
  it.each(Object.entries(scenarios))('%s', (_name, scenario) => runScenario(scenario, consume, 10_000), 15_000)

  it('ends with the failure of the subscription', async () => {
    const log = await makeLog([])
    const subscribe: MemoryEventLog['subscribe'] = async () => {
      return { ended: Promise.reject(new Error('gone')), lastTick: () => 0, stop: () => Promise.resolve() }
    }
    const consumer = await consume(optionsFor(Object.assign(log, { subscribe }), { process: async () => ok() }))
    await expect(consumer.ended).rejects.toThrow('gone')
  })

  it.each([undefined, 100])('tells the log how long records may gather: %s', async (gatherMs) => {
    const log = await makeLog([])
    const asked: unknown[] = []
    const subscribe: MemoryEventLog['subscribe'] = async (options) => {
      asked.push(options.gatherMs)
      return { ended: new Promise(() => undefined), lastTick: () => 0, stop: () => Promise.resolve() }
    }
    const options = optionsFor(Object.assign(log, { subscribe }), { process: async () => ok() })
    const consumer = await consume(gatherMs === undefined ? options : { ...options, gatherMs })
    await consumer.stop()
    expect(asked).toEqual([gatherMs])
  })
})

describeMutants({
  sources: import.meta.dirname,
  entry: 'consumer.js',
  hangMs: 20_000,
  check: async (module) => {
    for (const scenario of Object.values(scenarios))
      await runScenario(scenario, module['consume'] as typeof consume, 1500)
  },
  mutants: {
    'a commit for each record': [
      'committer.ts',
      'if (this.#scheduled || !this.#isBehind()) return',
      'return void this.flush()',
    ],
    'no commit at the drain': ['partition-worker.ts', 'await this.#committer.flush()', ''],
    'fence first, drain second': [
      'partition-worker.ts',
      'this.fence(await this.drain(withinMs))',
      'this.fence(); await this.drain(withinMs)',
    ],
    'a drain never gives up': ['partition-worker.ts', 'if (withinMs === null) return finished', 'return finished'],
    'draining is not told': [
      'partition-worker.ts',
      'if (this.isFenced) return false\n    this.#draining.abort()',
      'if (this.isFenced) return false',
    ],
  },
})
