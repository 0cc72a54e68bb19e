import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EngineName } from './engine.js'
import { readLive } from './process-identity.js'
import { runEngines, runVerb } from './run-verb.js'
import { waitUntil } from './wait-until.js'

const engines = ['postgres', 'redis'] as const
let data: string
let stopped: AbortController
let running: Promise<void>
const told: string[] = []

const pidOf = async (name: EngineName): Promise<number | null> =>
  (await readLive(join(data, 'native', `${name}.pid`)))?.pid ?? null
const isUp = async (): Promise<void> => {
  const silent = { onReport: () => undefined, onWait: () => undefined }
  if (!(await runVerb({ verb: 'status', engines, data, kill: false }, silent)).ok) throw new Error('an engine is down')
}

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'kept-engines-'))
  // PostgreSQL runs as another user than root and must reach its cluster in here.
  await chmod(data, 0o711)
  stopped = new AbortController()
  await new Promise<void>((resolve, reject) => {
    const listener = { onReport: () => undefined, onWait: (line: string) => told.push(line), onReady: () => resolve() }
    running = runEngines({ engines, data }, listener, stopped.signal)
    running.catch(reject)
  })
}, 120_000)

afterAll(async () => {
  stopped.abort()
  await running
  await rm(data, { recursive: true, force: true })
}, 60_000)

it('names in engines.json what it started, and nothing else', async () => {
  expect(Object.keys(JSON.parse(await readFile(join(data, 'engines.json'), 'utf8')) as object)).toEqual([
    'redis',
    'postgres',
  ])
})

it.each(engines)(
  '%s, killed, is started again',
  async (name) => {
    const before = await pidOf(name)
    process.kill(before ?? 0, 'SIGKILL')
    await waitUntil(async () => {
      const now = await pidOf(name)
      if (now === null || now === before) throw new Error(`${name} is not back`)
      await isUp()
    }, 60_000)
    expect(told.some((line) => line.includes('has ended by itself'))).toBe(true)
  },
  90_000,
)

it('stops them all at the end, and forget leaves nothing', async () => {
  stopped.abort()
  await running
  for (const name of engines) expect(await pidOf(name)).toBeNull()
  const silent = { onReport: () => undefined, onWait: () => undefined }
  await runVerb({ verb: 'forget', engines: [], data, kill: false }, silent)
  await expect(readFile(join(data, 'engines.json'))).rejects.toMatchObject({ code: 'ENOENT' })
}, 60_000)
