import { RetriableError, type ConsumerStats, type PartitionLag } from '@streamkeeper/pipeline'
import { until } from '@streamkeeper/testkit'
import { recordLogs, testMetrics } from './_test-parts.js'
import { createWatchdog, StalledError, type WatchdogOptions } from './watchdog.js'

const partition = { topic: 'live.chat', partition: 0 }

function start(lag: () => PartitionLag, more: Partial<WatchdogOptions> & { readonly isUp?: () => boolean } = {}) {
  const metrics = testMetrics()
  const state = { now: 0, looks: 0, ended: undefined as unknown }
  const log = {
    lag: () => {
      state.looks += 1
      return Promise.resolve().then(() => [lag()])
    },
  }
  const { logger } = recordLogs()
  const options = { log, group: 'ingest', topics: ['live.chat'], logger, metrics, stallMs: 60_000, everyMs: 1 }
  const watchdog = createWatchdog({ ...options, clock: { now: () => state.now }, ...more })
  const areDependenciesUp = (): Promise<boolean> => Promise.resolve(more.isUp?.() ?? true)
  async function look(seconds: number): Promise<void> {
    state.now += seconds * 1000
    const before = state.looks
    await until(() => state.looks >= before + 2 || state.ended !== undefined, { what: 'two more looks' })
  }
  async function begin(): Promise<void> {
    await watchdog.start({ signal: new AbortController().signal, areDependenciesUp })
    watchdog.ended?.catch((error: unknown) => (state.ended = error))
    await look(0)
  }
  return { watchdog, metrics, state, look, begin }
}

describe('watchdog', () => {
  it('fails when lag stands and offsets do not move', async () => {
    const { watchdog, state, look, begin } = start(() => ({ ...partition, committed: 5n, end: 9n }))
    await begin()
    await look(59)
    expect(state.ended).toBeUndefined()
    await look(1)
    await until(() => state.ended, { what: 'the end' })
    expect(state.ended).toBeInstanceOf(StalledError)
    expect(String(state.ended)).toContain('live.chat:0 at 5 of 9')
    await watchdog.stop()
  })

  it.each([
    ['offsets move', (seconds: number) => ({ ...partition, committed: BigInt(seconds), end: 1_000_000n })],
    ['there is nothing to read', () => ({ ...partition, committed: 5n, end: 5n })],
  ])('keeps quiet while %s', async (_, lagAt) => {
    const { watchdog, state, look, begin } = start(() => lagAt(state.now / 1000))
    await begin()
    for (let turn = 0; turn < 4; turn += 1) await look(40)
    expect(state.ended).toBeUndefined()
    await watchdog.stop()
  })

  it.each([
    ['a dependency is away', { isUp: () => false }],
    [
      'the consumer waits for one, as declared',
      { stats: () => ({ partitions: [{ ...partition, isBackingOff: true }] }) as unknown as ConsumerStats },
    ],
    ['the partition is somebody else’s', { isMine: () => false }],
  ])('does not end the process while %s', async (_, more) => {
    const { watchdog, state, look, begin } = start(() => ({ ...partition, committed: 5n, end: 9n }), more)
    await begin()
    for (let turn = 0; turn < 4; turn += 1) await look(100)
    expect(state.ended).toBeUndefined()
    await watchdog.stop()
  })

  it('starts the clock anew when the dependency is back', async () => {
    let isUp = true
    const { watchdog, state, look, begin } = start(() => ({ ...partition, committed: 5n, end: 9n }), {
      isUp: () => isUp,
    })
    await begin()
    await look(50)
    isUp = false
    await look(100)
    isUp = true
    await look(0)
    await look(59)
    expect(state.ended).toBeUndefined()
    await look(1)
    await until(() => state.ended, { what: 'the end' })
    await watchdog.stop()
  })

  it('starts the clock anew when the log could not tell the lag', async () => {
    let isAway = false
    const { watchdog, state, look, begin } = start(() => {
      if (isAway) throw new RetriableError('no broker')
      return { ...partition, committed: 5n, end: 9n }
    })
    await begin()
    isAway = true
    await look(100)
    isAway = false
    await look(0)
    await look(59)
    expect(state.ended).toBeUndefined()
    await watchdog.stop()
  })

  it('shows the lag as a metric', async () => {
    const { watchdog, metrics, begin } = start(() => ({ ...partition, committed: 5n, end: 9n }))
    await begin()
    expect(await metrics.text()).toMatch(
      /streamkeeper_log_lag_records\{group="ingest",topic="live.chat",partition="0".*\} 4/,
    )
    await watchdog.stop()
  })
})
