import { setTimeout as pause } from 'node:timers/promises'
import type { Engine } from './engine.js'
import { isAlive, type ProcessIdentity } from './process-identity.js'
import { findProcess } from './supervise.js'

const lookEveryMs = 1_500
const firstWaitMs = 500
const longestWaitMs = 10_000
/** An engine that lived so long has earned a fresh back-off. */
const provenMs = 60_000

export interface Keeping {
  readonly data: string
  /** Starts an engine that has ended; rejects when it does not come up. */
  readonly again: (engine: Engine) => Promise<unknown>
  readonly tell: (line: string) => void
}

/** Starts again, with back-off, each engine that ends, until the signal. */
export async function keepRunning(engines: readonly Engine[], keeping: Keeping, stopped: AbortSignal): Promise<void> {
  await Promise.all(engines.map((engine) => keepOne(engine, keeping, stopped)))
}

async function keepOne(engine: Engine, { data, again, tell }: Keeping, stopped: AbortSignal): Promise<void> {
  let waitMs = firstWaitMs
  for (let upSince = Date.now(); !stopped.aborted;) {
    const found = await findProcess(engine, data)
    if (found !== null) {
      await untilEnded(found, stopped)
      continue
    }
    if (Date.now() - upSince > provenMs) waitMs = firstWaitMs
    tell(`${engine.title} has ended by itself; it is started again in ${waitMs} ms`)
    await sleep(waitMs, stopped)
    waitMs = Math.min(longestWaitMs, waitMs * 2)
    if (stopped.aborted) return
    await again(engine).catch((error: unknown) => tell(error instanceof Error ? error.message : String(error)))
    upSince = Date.now()
  }
}

/** Resolves when the process has ended, or at the signal. One timer for as long as it lives: this goes on for months. */
function untilEnded(identity: ProcessIdentity, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => void isAlive(identity).then((alive) => alive || finish(resolve), fail), lookEveryMs)
    const leave = (): void => finish(resolve)
    stopped.addEventListener('abort', leave, { once: true })
    if (stopped.aborted) leave()

    function fail(error: unknown): void {
      finish(() => reject(error instanceof Error ? error : new Error(String(error))))
    }

    function finish(settle: () => void): void {
      clearInterval(timer)
      stopped.removeEventListener('abort', leave)
      settle()
    }
  })
}

/** Ends early, and without a word, at the signal. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}
