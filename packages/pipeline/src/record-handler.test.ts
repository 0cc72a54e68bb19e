import assert from 'node:assert/strict'
// @boundaries-ignore testkit is built on pipeline's ports: declared, the two would be a circle
import { describeMutants, settle, until } from '@streamkeeper/testkit'
import {
  committed,
  failureOf,
  gate,
  makeLog,
  nameOf,
  optionsFor,
  untilCommitted,
  runScenario,
  type Scenario,
  type Letter,
} from '../test/consumer-scenarios.js'
import type { ConsumeOptions, Rejection } from './consume-options.js'
import { consume } from './consumer.js'
import { RetriableError } from './errors.js'
import { dlq, ok } from './outcome.js'
import type { LogRecord } from './ports/event-log.js'

const scenarios: Record<string, Scenario> = {
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
    await until(() => consumer.stats().partitions[0]?.isBackingOff, { what: 'back-off is declared' })
    assert.equal(committed(log), null)
    isAway = false
    await untilCommitted(log, 40n)
    await consumer.stop()
  },
}

describe('the three fates', () => {
  it.each(Object.entries(scenarios))('%s', (_name, scenario) => runScenario(scenario, consume, 10_000), 15_000)
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
      'ok(await settings.deadLetter(handling.record, rejection))',
      'ok(void settings.deadLetter(handling.record, rejection).catch(() => 0))',
    ],
    'dead letters are done silently': [
      'record-handler.ts',
      'return reject(parts, handling, settled)',
      "return report(parts, handling, { fate: 'dlq' })",
    ],
    'suspects are never forgotten': ['committer.ts', 'suspects.forget(lastDone)', ''],
    'a failure does not end the consumer': [
      'partition-worker.ts',
      'else if (this.assignment.isCurrent()) this.#onFatal(failure.error)',
      '',
    ],
    'retriable errors are unknown': [
      'run-step.ts',
      'if (context.signal.aborted || !isRetriable(error)) throw error',
      'if (error !== null) throw error',
    ],
  },
})
