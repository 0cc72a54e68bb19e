import { until } from '@streamkeeper/testkit'
import { context, recordedPart, recordLogs, testMetrics } from './_test-parts.js'
import { stopParts, StopDeadlineError, type Part } from './parts.js'
import { createService, WrongStateError, type Service, type ServiceOptions } from './service.js'

const forever = new Promise<never>(() => undefined)

function serviceOf(parts: readonly Part[], more: Partial<ServiceOptions> = {}): Service {
  return createService({
    name: 'test',
    logger: recordLogs().logger,
    metrics: testMetrics(),
    parts,
    dependencies: {},
    health: { host: '127.0.0.1', port: 0 },
    ...more,
  })
}

describe('start and stop', () => {
  it('starts in order; drains all and then stops all in reverse', async () => {
    const calls: string[] = []
    const service = serviceOf([recordedPart('a', calls), recordedPart('b', calls)])
    expect(service.state).toBe('STARTING')
    await service.start()
    expect(service.state).toBe('RUNNING')
    await service.stop()
    expect(service.state).toBe('STOPPED')
    await service.ended
    expect(calls).toEqual(['start a', 'start b', 'drain b', 'drain a', 'stop b', 'stop a'])
  })

  it('rolls back a failed start in reverse and keeps the first error', async () => {
    const calls: string[] = []
    const first = new Error('first')
    const broken = recordedPart('c', calls, { start: () => Promise.reject(first) })
    const bad = recordedPart('b', calls, { stop: () => Promise.reject(new Error('second')) })
    const service = serviceOf([recordedPart('a', calls), bad, broken, recordedPart('d', calls)])
    await expect(service.start()).rejects.toBe(first)
    expect(calls).toEqual(['start a', 'start b', 'stop a'])
    expect(service.state).toBe('FAILED')
    await expect(service.ended).rejects.toBe(first)
  })

  it('gives up a start that hangs when its signal is aborted', async () => {
    const calls: string[] = []
    const stop = new AbortController()
    const service = serviceOf([recordedPart('a', calls), recordedPart('b', calls, { start: () => forever })])
    const start = service.start(stop.signal)
    await until(() => calls.includes('start a'), { what: 'first part started' })
    stop.abort(new Error('asked'))
    await expect(start).rejects.toThrow('asked')
    expect(calls).toEqual(['start a', 'stop a'])
  })

  it('refuses what its state does not allow', async () => {
    const service = serviceOf([])
    await expect(service.stop()).rejects.toThrow(WrongStateError)
    await service.start()
    await expect(service.start()).rejects.toThrow(WrongStateError)
    await service.stop()
    await expect(service.stop()).rejects.toThrow('cannot stop while STOPPED')
  })

  it('stops the other parts when one does not stop well, and then fails', async () => {
    const calls: string[] = []
    const bad = recordedPart('b', calls, { stop: () => Promise.reject(new Error('stuck')) })
    const service = serviceOf([recordedPart('a', calls), bad])
    await service.start()
    await expect(service.stop()).rejects.toThrow('stuck')
    expect(calls).toContain('stop a')
    expect(service.state).toBe('FAILED')
  })

  it('ends a stop at its deadline and names what is open', async () => {
    const calls: string[] = []
    let release = (): void => undefined
    const slow = recordedPart('slow', calls, { stop: () => new Promise<void>((resolve) => (release = resolve)) })
    const service = serviceOf([recordedPart('a', calls), slow, recordedPart('b', calls)], { stopDeadlineMs: 20 })
    await service.start()
    const error: unknown = await service.stop().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(StopDeadlineError)
    expect(error).toMatchObject({ open: ['slow', 'a', 'health'] })
    expect(service.state).toBe('FAILED')
    release()
    await until(() => calls.includes('stop a'), { what: 'the late end' })
  })

  it('leaves no timer behind', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    const before = timers()
    await stopParts([recordedPart('a', [])], { logger: recordLogs().logger, deadlineMs: 60_000, drain: true })
    expect(timers()).toBe(before)
  })
})

describe('failure', () => {
  it('of a part that ends with an error stops all, without draining', async () => {
    const calls: string[] = []
    let fail = (_error: Error): void => undefined
    const ended = new Promise<void>((_, reject) => (fail = reject))
    const service = serviceOf([recordedPart('a', calls), recordedPart('b', calls, { ended })])
    await service.start()
    fail(new Error('unforeseen'))
    await expect(service.ended).rejects.toThrow('unforeseen')
    expect(service.state).toBe('FAILED')
    expect(calls).toEqual(['start a', 'start b', 'stop b', 'stop a'])
  })

  it.each(['first', 'last'])('is also that the %s part ends without having been stopped', async (place) => {
    const calls: string[] = []
    const silent = recordedPart('silent', calls, { ended: Promise.resolve() })
    const other = recordedPart('other', calls)
    const service = serviceOf(place === 'first' ? [silent, other] : [other, silent])
    await service.start().catch(() => undefined)
    await expect(service.ended).rejects.toThrow('silent ended by itself')
    const count = (what: string): number => calls.filter((call) => call.startsWith(what)).length
    expect(count('stop')).toBe(count('start'))
    expect(service.state).toBe('FAILED')
  })

  it('is not that a part ends because it was stopped', async () => {
    let end = (): void => undefined
    const ended = new Promise<void>((resolve) => (end = resolve))
    const stop = (): Promise<void> => Promise.resolve(end())
    const service = serviceOf([recordedPart('a', [], { ended, stop })])
    await service.start()
    await service.stop()
    expect(service.state).toBe('STOPPED')
  })

  it('while starting rolls back what runs', async () => {
    const calls: string[] = []
    const early = recordedPart('early', calls, { ended: Promise.reject(new Error('at once')) })
    const service = serviceOf([early, recordedPart('b', calls, { start: () => forever })])
    await expect(service.start()).rejects.toThrow('at once')
    expect(calls).toEqual(['start early', 'stop early'])
  })

  it('while stopping is the outcome of the stop', async () => {
    const service = serviceOf([
      recordedPart('a', [], { drain: () => Promise.resolve(service.fail(new Error('late'))) }),
    ])
    await service.start()
    await expect(service.stop()).rejects.toThrow('late')
    expect(service.state).toBe('FAILED')
  })
})

describe('runUntil', () => {
  it('gives the result of the work and stops', async () => {
    const service = serviceOf([])
    await expect(service.runUntil(() => Promise.resolve(7))).resolves.toBe(7)
    expect(service.state).toBe('STOPPED')
  })

  it('rejects when the service fails before', async () => {
    const service = serviceOf([])
    const run = service.runUntil(() => {
      service.fail(new Error('broken'))
      return forever
    })
    await expect(run).rejects.toThrow('broken')
  })
})

describe('health', () => {
  async function get(service: Service, path: string): Promise<{ status: number; body: string }> {
    const response = await fetch(`${service.healthAddress}${path}`)
    return { status: response.status, body: await response.text() }
  }

  it('names each dependency, and is not ready while one is away', async () => {
    let isAway = false
    const dependencies = {
      kafka: () => (isAway ? Promise.reject(new Error('no broker at kafka://u:hunter2@h')) : Promise.resolve()),
      redis: () => Promise.resolve(),
    }
    const service = serviceOf([], { dependencies })
    await service.runUntil(async () => {
      const ready = await get(service, '/readyz')
      expect(ready.status).toBe(200)
      expect(JSON.parse(ready.body)).toMatchObject({ status: 'ready', dependencies: { kafka: { ok: true } } })
      isAway = true
      const away = await until(
        async () => {
          const answer = await get(service, '/readyz')
          return answer.status === 503 && answer
        },
        { what: 'not ready' },
      )
      const body: unknown = JSON.parse(away.body)
      expect(body).toMatchObject({ status: 'not-ready', dependencies: { kafka: { ok: false }, redis: { ok: true } } })
      expect(away.body).not.toContain('hunter2')
      expect((await get(service, '/healthz')).status).toBe(200)
      expect((await get(service, '/metrics')).body).toContain(
        'streamkeeper_dependency_up{dependency="kafka",service="test"} 0',
      )
    })
  })

  it('calls the process stuck when a loop has not gone round for too long', async () => {
    let at = Date.now()
    const service = serviceOf([recordedPart('sweep', [], { heartbeat: () => ({ at, staleAfterMs: 60_000 }) })])
    await service.runUntil(async () => {
      expect((await get(service, '/healthz')).status).toBe(200)
      at -= 61_000
      const stuck = await get(service, '/healthz')
      expect(stuck.status).toBe(503)
      expect(JSON.parse(stuck.body)).toMatchObject({ status: 'stuck', loops: { sweep: { ok: false } } })
    })
  })

  it('is alive and not ready while starting', async () => {
    const service = serviceOf([recordedPart('slow', [], { start: () => forever })])
    const stop = new AbortController()
    const start = service.start(stop.signal)
    await until(() => service.healthAddress, { what: 'health address' })
    expect((await get(service, '/healthz')).status).toBe(200)
    expect((await get(service, '/readyz')).status).toBe(503)
    stop.abort(new Error('enough'))
    await expect(start).rejects.toThrow('enough')
  })

  it('answers nothing else', async () => {
    const service = serviceOf([])
    await service.runUntil(async () => {
      expect((await get(service, '/other')).status).toBe(404)
      expect((await fetch(`${service.healthAddress}/healthz`, { method: 'POST' })).status).toBe(405)
    })
  })

  it('lets parts ask for the dependencies', async () => {
    let answer: boolean | undefined
    const asking = recordedPart('asking', [], {
      start: async ({ areDependenciesUp }) => {
        answer = await areDependenciesUp()
      },
    })
    await serviceOf([asking], { dependencies: { s3: () => Promise.reject(new Error('away')) } }).runUntil(
      async () => {},
    )
    expect(answer).toBe(false)
    await expect(context.areDependenciesUp()).resolves.toBe(true)
  })

  it('fails the start when its port is taken', async () => {
    const one = serviceOf([])
    await one.runUntil(async () => {
      const port = Number(new URL(one.healthAddress ?? '').port)
      await expect(serviceOf([], { health: { host: '127.0.0.1', port } }).start()).rejects.toThrow('EADDRINUSE')
    })
  })
})
