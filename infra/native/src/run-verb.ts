import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from './add-to-cache.js'
import type { Engine, EngineName } from './engine.js'
import { checkNeeds } from './find-command.js'
import { kafka } from './kafka.js'
import type { Arguments, Verb } from './parse-arguments.js'
import { postgres } from './postgres.js'
import { redis } from './redis.js'
import { s3 } from './s3.js'
import { keepRunning } from './keep-running.js'
import { ensureState, readState, writeEngines } from './state.js'
import { checkEngine, startEngine, stopEngine, type Report } from './supervise.js'
import { withLock } from './with-lock.js'

const catalogue: Readonly<Record<EngineName, Engine>> = { kafka, s3, postgres, redis }

export interface Result {
  readonly ok: boolean
  readonly file: string
  readonly engines: readonly Report[]
}

/** Hears each engine's report as it comes, and what takes long. */
export interface Listener {
  onReport(report: Report): void
  onWait(line: string): void
}

/** Does what the command line asks. Throws when an engine does not start or stop; the others are done none the less. */
export async function runVerb(args: Asked, listener: Listener): Promise<Result> {
  const { verb, data } = args
  const engines = args.engines.map((name) => catalogue[name])
  if (verb === 'start') return withLock(data, () => start(engines, data, listener))
  if (verb === 'forget') return withLock(data, () => forget(data, listener))
  const state = await readState(data)
  const look = (engine: Engine): Promise<Report> =>
    verb === 'stop' ? stopEngine(engine, data, args.kill) : checkEngine(engine, state, data)
  const reports = await each(engines, look, listener)
  const ok = verb === 'stop' || reports.every(({ outcome }) => outcome === 'running')
  return { ok, file: join(data, 'engines.json'), engines: reports }
}

type Asked = Pick<Arguments, 'engines' | 'data' | 'kill'> & { readonly verb: Exclude<Verb, 'run'> }

/** Starts the engines and calls `onReady`; starts again what ends, until the signal; then stops all of them. */
export async function runEngines(
  { engines: names, data }: Pick<Arguments, 'engines' | 'data'>,
  listener: Listener & { onReady(result: Result): void },
  stopped: AbortSignal,
): Promise<void> {
  const engines = names.map((name) => catalogue[name])
  try {
    listener.onReady(await withLock(data, () => start(engines, data, listener)))
    const again = (engine: Engine): Promise<unknown> => withLock(data, () => start([engine], data, listener))
    await keepRunning(engines, { data, again, tell: (line) => listener.onWait(line) }, stopped)
  } finally {
    await each(engines, (engine) => stopEngine(engine, data, false), listener)
  }
}

async function forget(data: string, listener: Listener): Promise<Result> {
  const state = await readState(data)
  const engines = Object.values(catalogue)
  const reports = await each(engines, (engine) => stopEngine(engine, data, false), listener)
  const elsewhere = state === null ? [] : engines.flatMap((engine) => engine.folders?.(state) ?? [])
  const file = join(data, 'engines.json')
  for (const path of [...elsewhere, join(data, 'native'), file]) await rm(path, { recursive: true, force: true })
  return { ok: true, file, engines: reports }
}

async function start(engines: readonly Engine[], data: string, listener: Listener): Promise<Result> {
  const cache = cacheFolder()
  await checkNeeds(engines, cache)
  const state = await ensureState(data)
  const tell = (line: string): void => listener.onWait(line)
  const launch = (engine: Engine): Promise<Report> =>
    startEngine(engine, { folder: join(data, 'native', engine.name), cache, state, tell }, data)
  const reports = await each(engines, launch, listener)
  const file = await writeEngines(
    data,
    state,
    engines.map(({ name }) => name),
  )
  return { ok: true, file, engines: reports }
}

async function each(
  engines: readonly Engine[],
  work: (engine: Engine) => Promise<Report>,
  listener: Listener,
): Promise<readonly Report[]> {
  const heard = async (engine: Engine): Promise<Report> => {
    const report = await work(engine)
    listener.onReport(report)
    return report
  }
  const settled = await Promise.allSettled(engines.map(heard))
  const failures = settled.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))
  if (failures.length > 0) throw new Error(failures.join('\n\n'))
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
}
