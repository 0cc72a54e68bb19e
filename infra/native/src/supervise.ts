import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Engine, EngineName, Place } from './engine.js'
import { isFree } from './find-free-ports.js'
import {
  findDescendants,
  identify,
  isAlive,
  readLive,
  writeIdentity,
  type ProcessIdentity,
} from './process-identity.js'
import { startDetached, tail } from './run-process.js'
import { hasCode, isMissing, type State } from './state.js'
import { FinalError, waitUntil } from './wait-until.js'

const startWithinMs = 90_000
const stopWithinMs = 20_000

export interface Report {
  readonly name: EngineName
  readonly title: string
  readonly outcome: 'started' | 'running' | 'stopped' | 'killed' | 'down'
  readonly pid: number | null
  readonly port: number | null
  readonly ms: number
}

/** Starts an engine unless it runs, and waits until it answers. Throws with the tail of its log when it does not. */
export async function startEngine(engine: Engine, place: Place, data: string): Promise<Report> {
  const began = performance.now()
  const { pidFile, logFile } = filesOf(data, engine.name)
  await mkdir(join(data, 'native', 'logs'), { recursive: true, mode: 0o700 })
  const found = await readLive(pidFile)
  if (found === null) await engine.prepare(place)
  const identity = found ?? (await launch(engine, place, data))
  try {
    await waitUntil(() => checkUp(engine, place.state, identity), startWithinMs)
  } catch (error) {
    if (found === null) await killTree(identity)
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`${engine.title} did not come up: ${reason}\n${logFile}:\n${await readTail(logFile)}`, {
      cause: error,
    })
  }
  return report(engine, found === null ? 'started' : 'running', { identity, state: place.state, began })
}

/** Stops an engine: asks it first, and ends it by force when it does not go in time or `kill` is set. */
export async function stopEngine(engine: Engine, data: string, kill: boolean): Promise<Report> {
  const began = performance.now()
  const { pidFile } = filesOf(data, engine.name)
  const identity = await readLive(pidFile)
  if (identity === null) return report(engine, 'down', { began })
  const outcome = !kill && (await stopGently(engine, identity)) ? 'stopped' : 'killed'
  if (outcome === 'killed') await killTree(identity)
  await rm(pidFile, { force: true })
  return report(engine, outcome, { began })
}

/** Whether an engine runs and answers. */
export async function checkEngine(engine: Engine, state: State | null, data: string): Promise<Report> {
  const began = performance.now()
  const identity = await readLive(filesOf(data, engine.name).pidFile)
  if (identity === null || state === null) return report(engine, 'down', { began })
  const isUp = await engine.probe(state).then(
    () => true,
    () => false,
  )
  return report(engine, isUp ? 'running' : 'down', { identity, state, began })
}

/** Its process, when it lives; it may still be starting. */
export async function findProcess({ name }: Engine, data: string): Promise<ProcessIdentity | null> {
  return readLive(filesOf(data, name).pidFile)
}

async function launch(engine: Engine, place: Place, data: string): Promise<ProcessIdentity> {
  const { pidFile, logFile } = filesOf(data, engine.name)
  const port = engine.port(place.state)
  // Another program that answers there would pass for ours.
  if (!(await isFree(port))) throw new Error(`${engine.title}: port ${port} is taken by another program`)
  const pid = await startDetached(await engine.command(place), logFile)
  try {
    const identity = await identify(pid)
    await writeIdentity(pidFile, identity)
    return identity
  } catch (error) {
    throw new Error(`${engine.title} ended at once\n${logFile}:\n${await readTail(logFile)}`, { cause: error })
  }
}

/** Throws until it is up; for good when it has ended. */
async function checkUp(engine: Engine, state: State, identity: ProcessIdentity): Promise<void> {
  if (!(await isAlive(identity))) throw new FinalError('it has ended')
  await engine.probe(state)
}

async function stopGently({ stopSignal }: Engine, identity: ProcessIdentity): Promise<boolean> {
  signal(identity.pid, stopSignal)
  return waitUntil(async () => {
    if (await isAlive(identity)) throw new Error('still there')
  }, stopWithinMs).then(
    () => true,
    () => false,
  )
}

/** Ends the process and all below it: PostgreSQL's workers lead groups of their own and would hold its memory. */
async function killTree(identity: ProcessIdentity): Promise<void> {
  if (!(await isAlive(identity))) return
  const tree = [identity.pid, ...(await findDescendants(identity.pid))]
  const identities = (await Promise.all(tree.map((pid) => identify(pid).catch(() => null)))).filter(
    (one) => one !== null,
  )
  for (const { pid } of identities) signal(pid, 'SIGKILL')
  await waitUntil(async () => {
    for (const one of identities) if (await isAlive(one)) throw new Error(`process ${one.pid} does not end`)
  }, stopWithinMs)
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    // ESRCH: it went by itself meanwhile.
    if (!hasCode(error, 'ESRCH')) throw error
  }
}

function filesOf(data: string, name: EngineName): { pidFile: string; logFile: string } {
  const native = join(data, 'native')
  return { pidFile: join(native, `${name}.pid`), logFile: join(native, 'logs', `${name}.log`) }
}

async function readTail(file: string): Promise<string> {
  try {
    return tail(await readFile(file, 'utf8'))
  } catch (error) {
    if (isMissing(error)) return '(no log)'
    throw error
  }
}

function report(
  engine: Engine,
  outcome: Report['outcome'],
  { identity, state, began }: { identity?: ProcessIdentity; state?: State; began: number },
): Report {
  const ms = Math.round(performance.now() - began)
  const port = state === undefined ? null : engine.port(state)
  return { name: engine.name, title: engine.title, outcome, pid: identity?.pid ?? null, port, ms }
}
