import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface ChildSpec {
  readonly name: string
  /** Path of the JavaScript file that Node runs. */
  readonly script: string
  readonly args?: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** True for one that does next to nothing, for months. */
  readonly isIdle?: boolean
}

export interface ChildEvents {
  /** A line on standard error: the process's log. */
  readonly onLog: (name: string, line: string) => void
  /** The process said where it can be reached (`event` page) or that it is ready; `said` is the parsed line. */
  readonly onEvent: (name: string, said: Readonly<Record<string, unknown>>) => void
  /** It ended without being asked to, and is started again after `waitMs`. */
  readonly onRestart: (name: string, code: number | null, waitMs: number) => void
}

// Node's own limit is 16: over an hour each process grows by up to 48 MiB that hold nothing.
const usualFlags = ['--max-semi-space-size=4']
// What runs once a second is never worth optimised code, whose memory comes hour by hour.
const idleFlags = ['--max-semi-space-size=1', '--no-opt']
const usualEnvironment = {
  // The advice about Node's version is given once, by the start script.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  // Pictures of megabytes leave holes in every arena of glibc's malloc; two arenas have fewer of them than one a core.
  MALLOC_ARENA_MAX: '2',
}
const firstWaitMs = 500
/** Longer would be a promise broken: whatever happens to it, a service is back within a minute. */
const longestWaitMs = 5_000
/** A process that lived so long has earned a fresh back-off. */
const provenMs = 60_000
/** Above the 25 s that a service gives itself. */
const killAfterMs = 30_000

/** One supervised process: started again with back-off when it ends by itself, until it is stopped. */
export class Child {
  readonly name: string
  readonly #spec: ChildSpec
  readonly #events: ChildEvents
  #process: ChildProcess | null = null
  #timer: NodeJS.Timeout | null = null
  #waitMs = firstWaitMs
  #isStopping = false
  #exited: Promise<void> = Promise.resolve()

  constructor(spec: ChildSpec, events: ChildEvents) {
    this.name = spec.name
    this.#spec = spec
    this.#events = events
  }

  start(): void {
    const { name, script, args = [], env, isIdle = false } = this.#spec
    const startedAt = Date.now()
    const flags = ['--enable-source-maps', ...(isIdle ? idleFlags : usualFlags)]
    const child = spawn(process.execPath, [...flags, script, '--supervised', ...args], {
      env: { ...process.env, ...usualEnvironment, ...env },
      // It ends when its standard input does: also when this process is killed and can stop nobody.
      stdio: ['pipe', 'pipe', 'pipe'],
      // A Ctrl-C of the terminal reaches the supervisor alone, which ends all in order.
      detached: true,
    })
    this.#process = child
    createInterface({ input: child.stdout }).on('line', (line) => this.#readLine(line))
    createInterface({ input: child.stderr }).on('line', (line) => this.#events.onLog(name, line))
    this.#exited = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#events.onLog(name, error.message)
        resolve()
      })
      child.once('close', (code) => {
        resolve()
        this.#ended(code, Date.now() - startedAt)
      })
    })
  }

  /** Asks the process to end and waits; kills it when it does not. */
  async stop(): Promise<void> {
    this.#isStopping = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    const child = this.#process
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const kill = setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    child.kill('SIGTERM')
    await this.#exited
    clearTimeout(kill)
  }

  #ended(code: number | null, livedMs: number): void {
    if (this.#isStopping) return
    if (livedMs > provenMs) this.#waitMs = firstWaitMs
    const waitMs = this.#waitMs
    this.#waitMs = Math.min(longestWaitMs, waitMs * 2)
    this.#events.onRestart(this.name, code, waitMs)
    this.#timer = setTimeout(() => this.start(), waitMs)
  }

  #readLine(line: string): void {
    const event = parseEvent(line)
    if (event === null) this.#events.onLog(this.name, line)
    else this.#events.onEvent(this.name, event)
  }
}

const events: ReadonlySet<unknown> = new Set(['page', 'ready'])

function parseEvent(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const parsed: unknown = JSON.parse(line)
    if (typeof parsed === 'object' && parsed !== null && 'event' in parsed && events.has(parsed.event))
      return { ...parsed }
  } catch {
    // Not JSON: an ordinary line, which the caller shows.
    return null
  }
  return null
}
