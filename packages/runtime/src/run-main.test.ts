import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '@streamkeeper/testkit'

// Each child reads and compiles the sources; the machine may be busy.
const patienceMs = 30_000

const room = join(import.meta.dirname, '..')

const prelude = `
import { createLogger } from './src/logger.ts'
import { createMetrics } from './src/metrics.ts'
import { readConfig } from './src/read-config.ts'
import { healthSettings, logSettings } from './src/common-settings.ts'
import { runMain } from './src/run-main.ts'
import { createService } from './src/service.ts'

const forever = () => new Promise((resolve) => setTimeout(resolve, 1e9))
const part = { name: 'part', start: async () => {}, stop: async () => {} }
function make(parts = [part], more = {}) {
  return async (env) => {
    const { config } = readConfig({ ...healthSettings, ...logSettings }, env)
    const health = { host: config.healthHost, port: config.healthPort }
    const logger = createLogger({ name: 'child', level: config.logLevel })
    return createService({ name: 'child', logger, metrics: createMetrics('child'), parts, dependencies: {}, health, ...more })
  }
}
`

interface Child {
  readonly process: ChildProcess
  readonly out: () => string
  readonly err: () => string
  readonly exitCode: Promise<number | null>
}

const children: ChildProcess[] = []
afterAll(() => children.forEach((child) => child.kill('SIGKILL')))

function run(script: string, env: Record<string, string> = {}): Child {
  const flags = ['--conditions=source', '--import', './scripts/run-source.mjs', '--input-type=module', '--eval']
  const child = spawn(process.execPath, [...flags, prelude + script], { cwd: room, env: { ...process.env, ...env } })
  children.push(child)
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => (out += String(chunk)))
  child.stderr.on('data', (chunk) => (err += String(chunk)))
  const exitCode = once(child, 'close').then(([code]) => code as number | null)
  return { process: child, out: () => out, err: () => err, exitCode }
}

function isReady(child: Child): Promise<boolean> {
  return until(() => child.out().includes('"ready"'), { what: `ready; ${child.err()}`, withinMs: 20_000 })
}

describe('runMain', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'says that it is ready and ends with 0 at %s',
    async (signal) => {
      const child = run(`await runMain('child', make())`)
      await isReady(child)
      const ready = JSON.parse(child.out()) as { event: string; service: string; health: string }
      expect(ready).toEqual({
        event: 'ready',
        service: 'child',
        health: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      })
      expect((await fetch(`${ready.health}/readyz`)).status).toBe(200)
      child.process.kill(signal)
      expect(await child.exitCode).toBe(0)
      expect(child.err()).toContain('"msg":"started"')
      expect(child.err()).toContain('"msg":"stopped"')
      expect(child.out().trim().split('\n')).toHaveLength(1)
    },
    patienceMs,
  )

  it(
    'with --supervised it stops in order when its standard input ends, and nobody reads its words any more',
    async () => {
      const stopped = join(mkdtempSync(join(tmpdir(), 'run-main-')), 'stopped')
      const slow = `stop: async () => {
        await new Promise((resolve) => setTimeout(resolve, 300))
        writeFileSync(${JSON.stringify(stopped)}, '')
      }`
      const child = run(
        `import { writeFileSync } from 'node:fs'
        process.argv.push('--supervised')
        await runMain('child', make([{ ...part, ${slow} }]))`,
      )
      await isReady(child)
      for (const stream of [child.process.stdout, child.process.stderr]) stream?.destroy()
      child.process.stdin?.destroy()
      await child.exitCode
      expect(existsSync(stopped)).toBe(true)
    },
    patienceMs,
  )

  it(
    'ends with 64 and all problems when the configuration is wrong',
    async () => {
      const env = { STREAMKEEPER_HEALTH_PORT: 'x', STREAMKEEPER_LOG_LEVEL: 'loud' }
      const child = run(`await runMain('child', make())`, env)
      expect(await child.exitCode).toBe(64)
      expect(child.err()).toContain('STREAMKEEPER_HEALTH_PORT')
      expect(child.err()).toContain('STREAMKEEPER_LOG_LEVEL')
      expect(child.out()).toBe('')
    },
    patienceMs,
  )

  it(
    'ends with 1 when the start fails',
    async () => {
      const child = run(
        `await runMain('child', make([{ ...part, start: () => Promise.reject(new Error('no port')) }]))`,
      )
      expect(await child.exitCode).toBe(1)
      expect(child.err()).toContain('no port')
      expect(child.out()).toBe('')
    },
    patienceMs,
  )

  it(
    'ends with 1 when a part ends by itself',
    async () => {
      const child = run(`
      let fail
      const ended = new Promise((_, reject) => (fail = reject))
      setTimeout(() => fail(new Error('unforeseen')), 50)
      await runMain('child', make([{ ...part, ended }]))`)
      expect(await child.exitCode).toBe(1)
      expect(child.err()).toContain('unforeseen')
    },
    patienceMs,
  )

  it.each([
    ['unhandled rejection', `Promise.reject(new Error('nobody cares'))`],
    ['uncaught exception', `throw new Error('nobody cares')`],
  ])(
    'ends with 1 at an %s',
    async (what, statement) => {
      const child = run(`
      const start = async () => { setTimeout(() => { ${statement} }, 10) }
      await runMain('child', make([{ ...part, start }]))`)
      expect(await child.exitCode).toBe(1)
      expect(child.err()).toContain(what)
      expect(child.err()).toContain('nobody cares')
    },
    patienceMs,
  )

  it(
    'ends with 0 when it is asked to stop while it starts',
    async () => {
      const child = run(`
      const start = () => { console.log('starting'); return forever() }
      await runMain('child', make([{ ...part, start }]))`)
      await until(() => child.out().includes('starting'), { what: 'the start', withinMs: 20_000 })
      child.process.kill('SIGTERM')
      expect(await child.exitCode).toBe(0)
    },
    patienceMs,
  )

  it(
    'ends at once with 1 at a second signal',
    async () => {
      const child = run(`await runMain('child', make([{ ...part, stop: forever }]))`)
      await isReady(child)
      child.process.kill('SIGTERM')
      await until(() => child.err().includes('"msg":"stopping"'), { what: 'the stop' })
      child.process.kill('SIGINT')
      expect(await child.exitCode).toBe(1)
      expect(child.err()).toContain('forced to end')
    },
    patienceMs,
  )

  it(
    'ends with 1 when the stop takes longer than it may',
    async () => {
      const child = run(`await runMain('child', make([{ ...part, stop: forever }], { stopDeadlineMs: 50 }))`)
      await isReady(child)
      child.process.kill('SIGTERM')
      expect(await child.exitCode).toBe(1)
      expect(child.err()).toContain('StopDeadlineError')
    },
    patienceMs,
  )
})
