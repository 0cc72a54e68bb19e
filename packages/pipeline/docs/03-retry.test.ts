/**
 * 3. Retry
 *
 * A dependency that is away is waited for at the one step that needs it, with a back-off that doubles up to a cap, half
 * of it chance, and for as long as it takes: no dead letter is made of it, and nothing before the step runs again.
 * A step with a deadline says itself what follows when it is over.
 */
// @boundaries-ignore testkit is built on pipeline's ports: declared, the two would be a circle
import { FakeClock, settle } from '@streamkeeper/testkit'
import {
  backOffMs,
  createPipeline,
  dlq,
  ok,
  retry,
  RetriableError,
  type DeadlineError,
  type Outcome,
  type Step,
} from '../src/index.js'

function storeStep(isAway: () => boolean, more: Partial<Step<string, string>> = {}): Step<string, string> {
  return {
    name: 'store',
    run: async (name) => {
      if (isAway()) throw new RetriableError('store away')
      return ok(`stored ${name}`)
    },
    ...more,
  }
}

function start(step: Step<string, string>) {
  const clock = new FakeClock()
  const waits: number[] = []
  const declared: number[] = []
  const controller = new AbortController()
  const context = {
    signal: controller.signal,
    progress: (waitMs?: number) => void (waitMs === undefined || declared.push(waitMs)),
  }
  const observer = { stepRetried: ({ waitMs }: { waitMs: number }) => void waits.push(waitMs) }
  const backOff = { firstMs: 100, capMs: 1000 }
  const run = createPipeline<string>('p', { timing: clock, backOff, observer }).step(step).run('a', context)
  run.catch(() => undefined)
  return { clock, waits, declared, controller, run }
}

describe('3. retry', () => {
  it('waits and tries again until the dependency is back; each wait is observed and declared as no stall', async () => {
    let isAway = true
    const { clock, waits, declared, run } = start(storeStep(() => isAway))
    await clock.advance(10_000)
    expect(waits.slice(0, 6)).toEqual([75, 150, 300, 600, 750, 750])
    expect(declared).toEqual(waits)
    isAway = false
    await clock.advance(1000)
    expect(await run).toEqual(ok('stored a'))
    expect(clock.sleeping).toBe(0)
  })

  it('waits as the outcome says when it says so: what is on its way is looked for more often than what is broken', async () => {
    let looks = 0
    const look = (): Outcome<string> =>
      (looks += 1) < 4 ? retry(new RetriableError('not there yet'), 'late', { firstMs: 10, capMs: 20 }) : ok('there')
    const { clock, waits, run } = start({ name: 'look', run: () => Promise.resolve(look()) })
    await clock.advance(100)
    expect(await run).toEqual(ok('there'))
    expect(waits).toEqual([7.5, 15, 15])
  })

  it('waits between half and all of the bound, by chance', () => {
    const wait = (random: number) => backOffMs(3, { firstMs: 100, capMs: 1000 }, { random: () => random })
    expect([wait(0), wait(0.5), wait(0.999)].map(Math.round)).toEqual([200, 300, 400])
    expect(backOffMs(5000, { firstMs: 100, capMs: 1000 }, { random: () => 0 })).toBe(500)
  })

  it('ends at once, with the reason of the signal, when nobody wants the result any more', async () => {
    const { clock, controller, run } = start(storeStep(() => true))
    await clock.advance(1000)
    controller.abort(new Error('fenced'))
    await expect(run).rejects.toThrow('fenced')
    expect(clock.sleeping).toBe(0)
  })

  const deadline = (orElse: (name: string, cause: DeadlineError) => Outcome<string>) => {
    return { deadline: { giveUpAfterMs: 500, orElse } }
  }

  it('may give up as a dead letter', async () => {
    const step = storeStep(
      () => true,
      deadline((_name, { message }) => dlq('ENGINE_AWAY', message)),
    )
    const { clock, run } = start(step)
    await clock.advance(499)
    await clock.advance(1)
    expect(await run).toEqual(dlq('ENGINE_AWAY', 'store: not settled within 500 ms'))
    expect(clock.sleeping).toBe(0)
  })

  it('may fall back to a declared answer, and knows the last failure', async () => {
    const step = storeStep(
      () => true,
      deadline((name, { cause }) => ok(`held ${name}: ${String(cause)}`)),
    )
    const { clock, run } = start(step)
    await clock.advance(500)
    expect(await run).toEqual(ok('held a: RetriableError: store away'))
  })

  it('may abandon an attempt that hangs and begin anew; the hung one sees its signal aborted', async () => {
    const signals: AbortSignal[] = []
    const { clock, run } = start({
      name: 'hang',
      run: (name, { signal }) => {
        signals.push(signal)
        return signals.length < 3 ? new Promise(() => undefined) : Promise.resolve(ok(name))
      },
      ...deadline((_name, cause) => retry(cause)),
    })
    await clock.advance(2000)
    expect(await run).toEqual(ok('a'))
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, false])
    await settle()
    expect(clock.sleeping).toBe(0)
  })
})
