import assert from 'node:assert/strict'
import { describeMutants, MemoryEventLog, settle, until } from '@streamkeeper/testkit'
import type { ConsumeOptions, Rejection } from './consume-options.js'
import { consume, type Consumer } from './consumer.js'
import { RetriableError } from './errors.js'
import { dlq, drop, ok } from './outcome.js'
import type { LogRecord } from './ports/event-log.js'

type Consume = typeof consume
interface Letter extends Rejection {
  readonly at: string
}

const topic = 'live.chat'
const group = 'screen'

/** A log with one partition and the records `a0 b1 a2 …`, the letter being the key. */
async function makeLog(names: readonly string[]): Promise<MemoryEventLog> {
  const log = new MemoryEventLog()
  await log.ensureTopics([{ name: topic, partitions: 1, maxRecordBytes: 1000, retentionMs: 1000 }])
  for (const name of names) log.append({ topic, key: name.charAt(0), value: Buffer.from(name) })
  return log
}

const nameOf = (record: LogRecord): string => record.value?.toString() ?? 'null'

function optionsFor(
  log: MemoryEventLog,
  more: Pick<ConsumeOptions, 'process'> & Partial<ConsumeOptions>,
): ConsumeOptions {
  return {
    log,
    group,
    topics: [topic],
    maxInFlight: 4,
    maxInFlightBytes: 1_000_000,
    deadLetter: () => Promise.reject(new Error('no dead letter was expected')),
    backOff: { firstMs: 1, capMs: 2 },
    commitEveryMs: 5,
    drainTimeoutMs: 1000,
    ...more,
  }
}

const committed = (log: MemoryEventLog) => log.committed(group, topic, 0)
const untilCommitted = (log: MemoryEventLog, offset: bigint) =>
  until(() => committed(log)?.offset === offset, { what: `committed up to ${offset}`, withinMs: 2000 })
const failureOf = (consumer: Consumer): Promise<unknown> =>
  consumer.ended.then(
    () => assert.fail('the consumer ended well'),
    (error: unknown) => error,
  )
function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open: () => open() }
}

const scenarios: Record<string, (consume: Consume) => Promise<void>> = {
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
    const consumer = await consume(optionsFor(log, { process: async () => ok(), commitEveryMs: 60_000 }))
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

  'poison: nothing is committed before the dead letter is acknowledged; the key goes on': async (consume) => {
    const log = await makeLog(['a0', 'a1', 'a2'])
    const letters: Letter[] = []
    const done: string[] = []
    const acknowledged = gate()
    let refusals = 2
    const deadLetter = async (record: LogRecord, rejection: Rejection): Promise<void> => {
      if ((refusals -= 1) >= 0) throw new RetriableError('log away')
      letters.push({ at: nameOf(record), ...rejection })
      await acknowledged.opened
    }
    const process: ConsumeOptions['process'] = async (record) => {
      done.push(nameOf(record))
      return nameOf(record) === 'a1' ? dlq('INVALID_JSON', 'value: not JSON') : ok()
    }
    const consumer = await consume(optionsFor(log, { process, deadLetter }))
    await until(() => letters.length === 1, { what: 'a dead letter' })
    await untilCommitted(log, 1n)
    await settle()
    assert.deepEqual([committed(log)?.offset, done], [1n, ['a0', 'a1']])
    acknowledged.open()
    await untilCommitted(log, 3n)
    await consumer.stop()
    const { at, code, message, stage, attempts, firstSeenAt } = letters[0] ?? assert.fail()
    assert.deepEqual([at, code, message, stage, attempts], ['a1', 'INVALID_JSON', 'value: not JSON', 'process', 1])
    assert.ok(Date.now() - firstSeenAt.getTime() < 60_000)
    assert.deepEqual(done, ['a0', 'a1', 'a2'])
  },

  'unknown: ends the consumer, and the second time the record is poison and its key goes on': async (consume) => {
    const log = await makeLog(['a0', 'b1', 'a2', 'b3', 'a4'])
    const letters: Letter[] = []
    const done: string[] = []
    const boom = new TypeError('x is not a function')
    const process: ConsumeOptions['process'] = async (record) => {
      if (nameOf(record) === 'a2') throw boom
      done.push(nameOf(record))
      return ok()
    }
    const deadLetter = async (record: LogRecord, rejection: Rejection): Promise<void> =>
      void letters.push({ at: nameOf(record), ...rejection })
    let fatal: unknown
    const options = optionsFor(log, { process, deadLetter, onFatal: (error) => (fatal = error) })
    const first = await consume(options)
    assert.equal(await failureOf(first), boom)
    assert.equal(fatal, boom)
    assert.ok(!done.includes('a4'), 'nothing of the key after the failure')
    assert.ok((committed(log)?.offset ?? 0n) <= 2n, 'the record was not skipped')
    assert.match(committed(log)?.note ?? '', /"2"/)
    assert.equal(letters.length, 0)
    await first.stop()
    const second = await consume(options)
    await untilCommitted(log, 5n)
    await second.stop()
    assert.deepEqual(
      letters.map(({ at, code, attempts, message }) => [at, code, attempts, message]),
      [['a2', 'UNKNOWN_FAILURE', 2, 'TypeError: x is not a function']],
    )
    assert.ok(done.includes('a4') && done.includes('b3'))
    assert.equal(committed(log)?.note, null, 'the suspect is forgotten')
  },

  'unknown, once: the second run is well and nothing is rejected': async (consume) => {
    const log = await makeLog(['a0', 'a1'])
    let failures = 1
    const process: ConsumeOptions['process'] = async (record) => {
      if (nameOf(record) === 'a0' && (failures -= 1) >= 0) throw new Error('cosmic ray')
      return ok()
    }
    const first = await consume(optionsFor(log, { process }))
    await failureOf(first)
    await first.stop()
    const second = await consume(optionsFor(log, { process }))
    await untilCommitted(log, 2n)
    await second.stop()
  },

  'retriable: a dependency that is away fills no dead letters and stops intake at the bound': async (consume) => {
    const log = await makeLog(Array.from({ length: 40 }, (_, n) => `${'abcdefgh'.charAt(n % 8)}${n}`))
    let isAway = true
    let tries = 0
    const seen = new Set<string>()
    const process: ConsumeOptions['process'] = async (record) => {
      seen.add(nameOf(record))
      tries += 1
      if (isAway) throw new RetriableError('store away')
      return ok()
    }
    const consumer = await consume(optionsFor(log, { process }))
    await until(() => tries > 40, { what: 'tries again and again' })
    assert.equal(seen.size, 4)
    assert.equal(consumer.stats().partitions[0]?.isBackingOff, true)
    assert.equal(committed(log), null)
    isAway = false
    await untilCommitted(log, 40n)
    await consumer.stop()
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
    const consumer = await consume(optionsFor(log, { process, commitEveryMs: 60_000 }))
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

describe('consume', () => {
  it.each(Object.entries(scenarios))('%s', (_name, scenario) => scenario(consume))

  it('ends with the failure of the subscription', async () => {
    const log = await makeLog([])
    const subscribe: MemoryEventLog['subscribe'] = async () => {
      return { ended: Promise.reject(new Error('gone')), lastTick: () => 0, stop: () => Promise.resolve() }
    }
    const consumer = await consume(optionsFor(Object.assign(log, { subscribe }), { process: async () => ok() }))
    await expect(consumer.ended).rejects.toThrow('gone')
  })
})

describeMutants({
  sources: import.meta.dirname,
  entry: 'consumer.js',
  hangMs: 2000,
  check: async (module) => {
    for (const scenario of Object.values(scenarios)) await scenario(module['consume'] as Consume)
  },
  mutants: {
    'suspects are not stored': ['record-handler.ts', 'await parts.saveSuspects()', ''],
    'the first unknown failure is poison': [
      'record-handler.ts',
      'if (parts.suspects.find(offset) !== undefined)',
      'if (true)',
    ],
    'no unknown failure is ever poison': [
      'record-handler.ts',
      'if (parts.suspects.find(offset) !== undefined)',
      'if (false)',
    ],
    'the dead letter is not waited for': [
      'record-handler.ts',
      'ok(await settings.deadLetter(',
      'ok(void settings.deadLetter(',
    ],
    'dead letters are done silently': [
      'record-handler.ts',
      'return reject(parts, handling, settled)',
      "return report(parts, handling, { fate: 'dlq' })",
    ],
    'suspects are never forgotten': ['committer.ts', 'suspects.forget(lastDone)', ''],
    'a commit for each record': [
      'committer.ts',
      'if (this.#scheduled || !this.#isBehind()) return',
      'return void this.flush()',
    ],
    'no commit at the drain': ['partition-worker.ts', 'await this.#committer.flush()', ''],
    'fence first, drain second': [
      'consumer.ts',
      'const isDrained = await worker.drain(',
      'worker.fence(); const isDrained = await worker.drain(',
    ],
    'a drain never gives up': ['partition-worker.ts', 'if (withinMs === null) return finished', 'return finished'],
    'a failure does not end the consumer': ['partition-worker.ts', 'else this.#onFatal(failure.error)', ''],
    'the signal of a fenced run stays quiet': [
      'partition-worker.ts',
      'this.#fence.abort(new FencedError(',
      'void (new FencedError(',
    ],
    'retriable errors are unknown': [
      'run-step.ts',
      'if (context.signal.aborted || !isRetriable(error)) throw error',
      'if (error !== null) throw error',
    ],
    'draining is not told': [
      'partition-worker.ts',
      'if (this.isFenced) return false\n    this.#draining.abort()',
      'if (this.isFenced) return false',
    ],
  },
})
