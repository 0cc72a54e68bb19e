import { createReadiness } from './readiness.js'

describe('readiness', () => {
  it('bounds each answer in time and asks in parallel', async () => {
    const hang = (): Promise<never> => new Promise(() => undefined)
    const check = createReadiness({ a: hang, b: hang, c: () => Promise.resolve() }, { timeoutMs: 300 })
    const startedAt = performance.now()
    const report = await check()
    // One after the other they would take 600.
    expect(performance.now() - startedAt).toBeLessThan(550)
    expect(report.ok).toBe(false)
    expect(report.dependencies['a']).toMatchObject({ ok: false, error: 'no answer within 300 ms' })
    expect(report.dependencies['c']?.ok).toBe(true)
  })

  it('asks once for all who ask meanwhile and for as long as the answer is fresh', async () => {
    let asked = 0
    const count = (): Promise<void> => Promise.resolve(void (asked += 1))
    const cached = createReadiness({ a: count }, { cacheMs: 60_000 })
    await Promise.all([cached(), cached()])
    await cached()
    expect(asked).toBe(1)
    const fresh = createReadiness({ a: count }, { cacheMs: 0 })
    await fresh()
    await fresh()
    expect(asked).toBe(3)
  })

  it('does not pile up questions that are never answered', async () => {
    let asked = 0
    const hang = (): Promise<never> => {
      asked += 1
      return new Promise(() => undefined)
    }
    const check = createReadiness({ a: hang }, { timeoutMs: 5, cacheMs: 0 })
    for (let turn = 0; turn < 3; turn += 1) expect((await check()).ok).toBe(false)
    expect(asked).toBe(1)
  })

  it('takes a check that throws at once as an answer', async () => {
    const check = createReadiness({
      a: () => {
        throw new Error('not even connected')
      },
    })
    expect((await check()).dependencies['a']).toMatchObject({ ok: false, error: 'not even connected' })
  })
})
