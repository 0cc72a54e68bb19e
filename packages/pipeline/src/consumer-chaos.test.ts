import assert from 'node:assert/strict'
// @boundaries-ignore testkit is built on pipeline's ports: declared, the two would be a circle
import { MemoryEventLog, until } from '@streamkeeper/testkit'
import fc from 'fast-check'
import { consume, type Consumer } from './consumer.js'
import { RetriableError } from './errors.js'
import { dlq, ok } from './outcome.js'
import type { LogRecord } from './ports/event-log.js'

interface Plan {
  readonly key: string
  readonly fate: 'ok' | 'dlq' | 'away-once' | 'unknown-once' | 'unknown'
  readonly ticks: number
  readonly admitsNext: boolean
}

const topic = 'live.segments'
const plan: fc.Arbitrary<Plan> = fc.record({
  key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  fate: fc.oneof(
    { weight: 12, arbitrary: fc.constant('ok' as const) },
    { weight: 3, arbitrary: fc.constantFrom('dlq' as const, 'away-once' as const) },
    { weight: 1, arbitrary: fc.constantFrom('unknown-once' as const, 'unknown' as const) },
  ),
  ticks: fc.nat(4),
  admitsNext: fc.boolean(),
})
const events = fc.array(fc.constantFrom('rebalance', 'crash', 'lost-commit'), { maxLength: 4 })

/** One run: every record reaches its end through crashes, rebalances and failures, and no commit runs ahead. */
class Chaos {
  readonly log = new MemoryEventLog()
  readonly #plans: readonly Plan[]
  readonly #done = new Map<string, Set<bigint>>()
  readonly #letters = new Map<string, string>()
  readonly #failedOnce = new Set<number>()
  readonly #consumers: Consumer[] = []

  constructor(plans: readonly Plan[]) {
    this.#plans = plans
  }

  async run(faults: readonly string[]): Promise<void> {
    await this.log.ensureTopics([{ name: topic, partitions: 2, maxRecordBytes: 1000, retentionMs: 1000 }])
    for (const [n, { key }] of this.#plans.entries()) this.log.append({ topic, key, value: Buffer.from(String(n)) })
    try {
      await this.#start()
      for (const fault of faults) await this.#inject(fault)
      await until(() => this.#isAtEnd(), { what: 'no lag', withinMs: 4000, everyMs: 1 })
      for (const [n, { fate }] of this.#plans.entries()) this.#checkLetter(n, fate)
    } finally {
      await Promise.all(this.#consumers.map((consumer) => consumer.stop()))
    }
  }

  async #start(): Promise<void> {
    const consumer = await consume({
      log: this.log,
      group: 'g',
      topics: [topic],
      maxInFlight: 3,
      maxInFlightBytes: 1_000_000,
      commitEveryMs: 1,
      drainTimeoutMs: 20,
      backOff: { firstMs: 1, capMs: 1 },
      process: (record, context) => this.#process(record, context),
      deadLetter: async (record, { code, attempts }) => {
        this.#letters.set(String(record.value), `${code} ${attempts}`)
        this.#finish(record)
      },
    })
    this.#consumers.push(consumer)
    consumer.ended.catch((error: unknown) => {
      assert.match(String(error), /planned/)
      return this.#restart(consumer)
    })
  }

  async #restart(consumer: Consumer): Promise<void> {
    await consumer.stop()
    await this.#start()
  }

  async #process(record: LogRecord, context: { admitNext: () => void }) {
    const n = Number(record.value)
    const { fate, ticks, admitsNext } = this.#plans[n] ?? assert.fail()
    if (admitsNext) context.admitNext()
    for (let tick = 0; tick < ticks; tick += 1) await new Promise((resolve) => setImmediate(resolve))
    const isFirst = !this.#failedOnce.has(n)
    this.#failedOnce.add(n)
    if (fate === 'away-once' && isFirst) throw new RetriableError('away')
    if (fate === 'unknown' || (fate === 'unknown-once' && isFirst)) throw new Error(`planned ${n}`)
    if (fate === 'dlq') return dlq('INVALID_EVENT', 'planned')
    this.#finish(record)
    return ok()
  }

  #finish({ partition, offset }: LogRecord): void {
    const id = String(partition)
    this.#done.set(id, (this.#done.get(id) ?? new Set()).add(offset))
  }

  async #inject(fault: string): Promise<void> {
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    if (fault === 'rebalance') await this.log.rebalance('g')
    else if (fault === 'lost-commit') this.log.faults.failCommits += 2
    else {
      await this.log.crash('g')
      await this.#start()
    }
    await this.#isAtEnd()
  }

  async #isAtEnd(): Promise<boolean> {
    const lags = await this.log.lag('g', [topic])
    for (const { partition, committed } of lags)
      for (let offset = 0n; offset < committed; offset += 1n)
        assert.ok(
          this.#done.get(String(partition))?.has(offset),
          `${partition}:${offset} is committed and not finished`,
        )
    return lags.every(({ end, committed }) => end === committed)
  }

  #checkLetter(n: number, fate: Plan['fate']): void {
    const letter = this.#letters.get(String(n))
    if (fate === 'dlq') assert.match(letter ?? '', /^INVALID_EVENT /)
    else if (fate === 'unknown') assert.match(letter ?? '', /^UNKNOWN_FAILURE [2-9]$/)
    else assert.equal(letter, undefined, `record ${n} is well`)
  }
}

describe('consume under crashes, rebalances and failures', () => {
  it('brings every record to its end and never commits ahead', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 25 }), events, (plans, faults) =>
        new Chaos(plans).run(faults),
      ),
      { numRuns: 200, endOnFailure: true },
    )
  }, 60_000)
})
