import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { assertSandboxWorks, createSandbox, SandboxUnavailableError } from '@streamkeeper/media'
import { note, UsageError } from '../output.js'
import { pointerPath, runFilePath, type RunFile } from '../find-running.js'
import type { ChildSpec } from './child.js'
import { claimForEngines, forgetData, lockDataFolder } from './data-folder.js'
import { forgetEngines, startEngines } from './engine-process.js'
import { databaseUrl, engineAddresses, externalEngines, ownEngines, repositoryRoot, type EngineSet } from './engines.js'
import { createFirstAdmin, type SignIn } from './first-admin.js'
import { formatLog } from './format-log.js'
import { supervise, type Addresses } from './supervisor.js'

export interface UpOptions {
  readonly engines: EngineSet
  readonly dataDir: string
  readonly demo: boolean
  readonly fresh: boolean
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
  const { dataDir, engines, fresh } = options
  if (fresh && engines === 'external')
    throw new UsageError('--fresh: the data of external engines is not ours to remove')
  await checkSandbox()
  const unlock = await lockDataFolder(dataDir)
  try {
    if (fresh) await forgetData(dataDir, () => forgetEngines(dataDir))
    await claimForEngines(dataDir, engines)
    await runEverything(options, listenForStop())
  } finally {
    await unlock()
  }
}

/** Said before anything starts, not by a service that starts again and again. */
async function checkSandbox(): Promise<void> {
  if ((process.env['STREAMKEEPER_UNSANDBOXED'] ?? '') !== '') return
  try {
    await assertSandboxWorks(createSandbox())
  } catch (error) {
    if (!(error instanceof SandboxUnavailableError)) throw error
    throw new UsageError(`${error.message}\n\n${sandboxAdvice}`)
  }
}

const sandboxAdvice = `Media of strangers is decoded in a sandbox (bubblewrap) or not at all. What to do:
  Ubuntu 24.04 and later: sudo apt-get install -y apparmor-profiles && sudo ln -s /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/ && sudo systemctl reload apparmor
  Docker: --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined
  Debian with kernel.unprivileged_userns_clone=0: sudo sysctl kernel.unprivileged_userns_clone=1
  macOS: there is no such sandbox; use a Linux machine or a container
To go on without one, name it: STREAMKEEPER_UNSANDBOXED=i-accept-the-risk npm start`

function listenForStop(): Promise<void> {
  return new Promise((resolve) => {
    // Never once: the default of a second signal would leave the services without their supervisor.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        note('stopping everything in order')
        resolve()
      })
  })
}

async function runEverything(options: UpOptions, stopAsked: Promise<void>): Promise<void> {
  const { dataDir, engines, useColour } = options
  if (engines === 'external') return runServices(options, externalEngines(process.env), stopAsked)
  const own = startEngines(engines, dataDir, (name, line) => note(formatLog(name, line, useColour)))
  try {
    const isUp = await Promise.race([own.ready.then(() => true), stopAsked.then(() => false)])
    if (isUp) await runServices(options, await ownEngines(engines, dataDir), stopAsked)
  } finally {
    await own.stop()
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
  const signIn = await createFirstAdmin(databaseUrl(env))
  if (signIn !== null)
    await writeFile(join(dataDir, 'first-sign-in.txt'), `${signIn.username}\n${signIn.password}\n`, { mode: 0o600 })
  const extra: ChildSpec[] = demo
    ? [{ name: 'platform', script: join(repositoryRoot, 'test/dist/platform/main.js'), env }]
    : []
  const startedAt = new Date().toISOString()
  const describe = ({ page, services }: Addresses): RunFile => {
    return { pid: process.pid, startedAt, dataDir, console: page ?? `http://127.0.0.1:${port}`, token, env, services }
  }
  const supervisor = supervise({
    env,
    extra,
    onLog: (name, line) => note(formatLog(name, line, useColour)),
    // A service that was started again listens elsewhere.
    onMoved: (addresses) =>
      void writeRunFile(describe(addresses)).catch((error: unknown) => note(`run.json: ${String(error)}`)),
  })
  try {
    const addresses = await Promise.race([supervisor.ready, stopAsked.then(() => null)])
    if (addresses === null) return
    const run = describe(addresses)
    await writeRunFile(run)
    options.onReady({ console: run.console, addresses: engineAddresses(env), signIn })
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
  const keysDir = process.env['STREAMKEEPER_KEYS_DIR'] ?? join(dataDir, 'keys')
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

/** Never half written, and of its owner alone: it holds a token. */
async function writeRunFile(run: RunFile): Promise<void> {
  const file = runFilePath(run.dataDir)
  await writeFile(`${file}.next`, `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 })
  await rename(`${file}.next`, file)
  const pointer = pointerPath()
  await mkdir(dirname(pointer), { recursive: true })
  await writeFile(pointer, `${run.dataDir}\n`)
}
