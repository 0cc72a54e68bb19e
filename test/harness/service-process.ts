import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface ServiceProcessOptions {
  readonly name: string
  readonly script: string
  readonly env: Readonly<Record<string, string>>
}

const firstWaitMs = 500
const longestWaitMs = 5_000
const provenMs = 60_000
const killAfterMs = 30_000
const keepLines = 200

/** A built service as a child process, started again with back-off when it ends, as the product's supervisor does. */
export class ServiceProcess {
  readonly name: string
  /** Its last lines of output. */
  readonly lines: string[] = []
  health: string | null = null
  readonly #script: string
  #env: Readonly<Record<string, string>>
  #child: ChildProcess | null = null
  #exited: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | null = null
  #waitMs = firstWaitMs
  #isStopping = false
  #starts = 0
  #kills = 0

  constructor(options: ServiceProcessOptions) {
    this.name = options.name
    this.#script = options.script
    this.#env = options.env
  }

  start(): void {
    const startedAt = Date.now()
    const child = spawn(process.execPath, ['--enable-source-maps', this.#script], {
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    createInterface({ input: child.stdout }).on('line', (line) => this.#readLine(line))
    createInterface({ input: child.stderr }).on('line', (line) => this.#keep(line))
    this.#exited = new Promise((resolve) => {
      child.once('error', (error) => this.#keep(error.message))
      child.once('close', (code, signal) => {
        this.health = null
        this.#keep(`-- ended: code ${code ?? '-'}, signal ${signal ?? '-'}`)
        resolve()
        this.#restart(Date.now() - startedAt)
      })
    })
  }

  get isAlive(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** How often it became ready and how often it was killed: a waiter compares before and after. */
  counts(): { readonly starts: number; readonly kills: number } {
    return { starts: this.#starts, kills: this.#kills }
  }

  kill(signal: NodeJS.Signals): void {
    this.#kills += 1
    this.health = null
    this.#child?.kill(signal)
  }

  /** Stops it in order and starts it again, with these variables added. */
  async restartWith(env: Readonly<Record<string, string>>): Promise<void> {
    await this.stop()
    this.#isStopping = false
    this.#waitMs = firstWaitMs
    this.#env = { ...this.#env, ...env }
    this.start()
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    const child = this.#child
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const force = setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    child.kill('SIGTERM')
    await this.#exited
    clearTimeout(force)
  }

  #restart(livedMs: number): void {
    if (this.#isStopping) return
    if (livedMs > provenMs) this.#waitMs = firstWaitMs
    this.#timer = setTimeout(() => this.start(), this.#waitMs)
    this.#waitMs = Math.min(longestWaitMs, this.#waitMs * 2)
  }

  #readLine(line: string): void {
    this.#keep(line)
    if (!line.includes('"event":"ready"')) return
    const ready = JSON.parse(line) as { health?: string }
    this.#starts += 1
    this.health = ready.health ?? ''
  }

  #keep(line: string): void {
    this.lines.push(line)
    if (this.lines.length > keepLines) this.lines.shift()
  }
}
