import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { note, UsageError } from '../output.js'
import { pointerPath, RunFile, runFilePath } from '../find-running.js'
import type { ChildSpec } from './child.js'
import {
  engineAddresses,
  externalEngines,
  repositoryRoot,
  startNativeEngines,
  stopNativeEngines,
  type EngineSet,
} from './engines.js'
import { createFirstAdmin, type SignIn } from './first-admin.js'
import { formatLog } from './format-log.js'
import { supervise } from './supervisor.js'

export interface UpOptions {
  readonly engines: EngineSet
  readonly dataDir: string
  readonly demo: boolean
  readonly port: number
  readonly useColour: boolean
  readonly onReady: (ready: {
    readonly console: string
    readonly addresses: Readonly<Record<string, string>>
    readonly signIn: SignIn | null
  }) => void
}

/** Runs everything until SIGINT or SIGTERM, then stops all in order. */
export async function runUp(options: UpOptions): Promise<void> {
  const { dataDir, engines } = options
  await refuseSecond(dataDir)
  await mkdir(dataDir, { recursive: true, mode: 0o755 })
  const stopAsked = new Promise<void>((resolve) => {
    // Never once: the default of a second signal would leave the services without their supervisor.
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => {
        note('stopping everything in order')
        resolve()
      })
  })
  const engineEnv = engines === 'native' ? await startNativeEngines(dataDir) : externalEngines(process.env)
  try {
    await runServices(options, engineEnv, stopAsked)
  } finally {
    if (engines === 'native') await stopNativeEngines(dataDir)
  }
}

async function runServices(
  options: UpOptions,
  engineEnv: Record<string, string>,
  stopAsked: Promise<void>,
): Promise<void> {
  const { dataDir, demo, port, useColour } = options
  const token = randomBytes(24).toString('base64url')
  const env = await servicesEnvironment(options, { ...engineEnv, STREAMKEEPER_LOCAL_TOKEN: token })
  const signIn = await createFirstAdmin(env['STREAMKEEPER_DATABASE_URL'] ?? '')
  if (signIn !== null)
    await writeFile(join(dataDir, 'first-sign-in.txt'), `${signIn.username}\n${signIn.password}\n`, { mode: 0o600 })
  const extra: ChildSpec[] = demo
    ? [{ name: 'platform', script: join(repositoryRoot, 'test/dist/platform/main.js'), env }]
    : []
  const supervisor = supervise({ env, extra, onLog: (name, line) => note(formatLog(name, line, useColour)) })
  try {
    const addresses = await Promise.race([supervisor.ready, stopAsked.then(() => null)])
    if (addresses === null) return
    const page = addresses['page'] ?? `http://127.0.0.1:${port}`
    const { page: _, platform: __, ...services } = addresses
    await writeRunFile({
      pid: process.pid,
      startedAt: new Date().toISOString(),
      dataDir,
      console: page,
      token,
      env,
      services,
    })
    options.onReady({ console: page, addresses: engineAddresses(env), signIn })
    await stopAsked
  } finally {
    await supervisor.stop()
    await rm(runFilePath(dataDir), { force: true })
  }
}

async function servicesEnvironment(
  { dataDir, port }: UpOptions,
  more: Record<string, string>,
): Promise<Record<string, string>> {
  const keysDir = join(dataDir, 'keys')
  const mediaRoot = process.env['STREAMKEEPER_MEDIA_ROOT'] ?? join(dataDir, 'media')
  await mkdir(keysDir, { recursive: true, mode: 0o700 })
  await mkdir(mediaRoot, { recursive: true })
  return {
    STREAMKEEPER_DATA_DIR: dataDir,
    STREAMKEEPER_KEYS_DIR: keysDir,
    STREAMKEEPER_MEDIA_ROOT: mediaRoot,
    STREAMKEEPER_TOPIC_PREFIX: process.env['STREAMKEEPER_TOPIC_PREFIX'] ?? '',
    STREAMKEEPER_CONSOLE_PORT: String(port),
    ...more,
  }
}

/** Two systems on one data folder would each think that the log and the queue are theirs. */
async function refuseSecond(dataDir: string): Promise<void> {
  const text = await readFile(runFilePath(dataDir), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return
  const { pid, console } = RunFile.parse(JSON.parse(text))
  if (isAlive(pid)) throw new UsageError(`Streamkeeper runs on ${dataDir} already (process ${pid}, ${console})`)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function writeRunFile(run: RunFile): Promise<void> {
  await writeFile(runFilePath(run.dataDir), `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 })
  const pointer = pointerPath()
  await mkdir(dirname(pointer), { recursive: true })
  await writeFile(pointer, `${run.dataDir}\n`)
}
