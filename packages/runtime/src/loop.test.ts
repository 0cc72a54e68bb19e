import { FakeClock, settle, until } from '@streamkeeper/testkit'
import { context, recordLogs, testMetrics } from './_test-parts.js'
import { createLoop, type LoopOptions } from './loop.js'

function loopOf(run: LoopOptions['run'], more: Partial<LoopOptions> = {}) {
  const timing = new FakeClock()
  const metrics = testMetrics()
  const { logger, lines } = recordLogs()
  const loop = createLoop({ name: 'sweep', everyMs: 1000, run, logger, metrics, timing, ...more })
  return { loop, timing, metrics, lines }
}

describe('loop', () => {
  it('runs at once, then after each pause, and never overlaps itself', async () => {
    let running = 0
    let runs = 0
    const finish: (() => void)[] = []
    const { loop, timing } = loopOf(async () => {
      running += 1
      expect(running).toBe(1)
      runs += 1
      await new Promise<void>((resolve) => finish.push(resolve))
      running -= 1
    })
    await loop.start(context)
    expect(runs).toBe(1)
    await timing.advance(5000)
    expect(runs).toBe(1)
    finish.shift()?.()
    await timing.advance(1000)
    expect(runs).toBe(2)
    finish.shift()?.()
    await loop.stop()
  })

  it('backs off on errors, counts and logs them, and returns to its beat', async () => {
    let runs = 0
    const { loop, timing, metrics, lines } = loopOf(() => {
      runs += 1
      return runs <= 3 ? Promise.reject(new Error('away')) : Promise.resolve()
    })
    await loop.start(context)
    await timing.advance(749)
    expect(runs).toBe(1)
    await timing.advance(1)
    expect(runs).toBe(2)
    await timing.advance(1499)
    expect(runs).toBe(2)
    await timing.advance(1 + 3000)
    expect(runs).toBe(4)
    await timing.advance(1000)
    expect(runs).toBe(5)
    expect(lines.filter((line) => line.level === 'warn')).toHaveLength(3)
    expect(await metrics.text()).toContain(
      'streamkeeper_loop_runs_total{loop="sweep",outcome="error",service="test"} 3',
    )
    await loop.stop()
  })

  it('stops at once, in a pause as in a run', async () => {
    const { loop, timing } = loopOf(() => Promise.resolve())
    await loop.start(context)
    await settle()
    expect(timing.sleeping).toBe(1)
    await loop.stop()
    expect(timing.sleeping).toBe(0)
    await expect(loop.ended).resolves.toBeUndefined()

    const waiting = loopOf(
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    )
    await waiting.loop.start(context)
    await waiting.loop.stop()
    await expect(waiting.loop.ended).resolves.toBeUndefined()
    expect(waiting.lines).toEqual([])
  })

  it('may be stopped before it was started', async () => {
    await expect(loopOf(() => Promise.resolve()).loop.stop()).resolves.toBeUndefined()
  })

  it('ends with the error that onError throws', async () => {
    const fatal = new Error('fatal')
    const onError = (error: unknown): void => {
      throw error
    }
    const { loop } = loopOf(() => Promise.reject(fatal), { onError })
    await loop.start(context)
    await expect(loop.ended).rejects.toBe(fatal)
    await loop.stop()
  })

  it('says when it last went round', async () => {
    const { loop, timing } = loopOf(() => Promise.resolve(), { staleAfterMs: 5000 })
    await loop.start(context)
    const first = loop.heartbeat?.().at ?? 0
    await timing.advance(1000)
    await until(() => (loop.heartbeat?.().at ?? 0) === first + 1000, { what: 'a later heartbeat' })
    expect(loop.heartbeat?.().staleAfterMs).toBe(5000)
    await loop.stop()
  })
})
