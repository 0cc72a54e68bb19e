import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ModelRefusedError } from './model-refused-error.js'
import type { FromWorker, Interface, ToWorker, Values } from './protocol.js'

export interface ModelProcessOptions {
  /** How long loading the model may take, in milliseconds. */
  loadDeadlineMs: number
  /** A process that holds more memory after a picture is replaced by a fresh one. */
  rssLimitBytes: number
}

/** The bytes of a model and what its session must look like. */
export type RunnableModel = { bytes: Uint8Array } & Interface

/** What became of one picture. */
export type RunResult = ({ ok: true } & Values) | { ok: false; reason: 'crashed' | 'timeout'; detail: string }

// From `src` (under jest) as from `dist`: Node runs only the built file.
const WORKER = fileURLToPath(new URL('../dist/worker.js', import.meta.url))
const FIRST_BACK_OFF_MS = 100
const LONGEST_BACK_OFF_MS = 10_000

/**
 * One child process with one session. A death fails the picture that it was looking at and starts a successor after a
 * back-off that doubles with each death in a row; `onIdle` is called whenever it can take a picture.
 */
export class ModelProcess {
  #child: ChildProcess | undefined
  #ready = false
  #closed = false
  #deathsInRow = 0
  #restarts = 0
  #exited: Promise<void> = Promise.resolve()
  #finish: ((result: RunResult) => void) | undefined
  #killReason: 'crashed' | 'timeout' = 'crashed'
  #settleStart: ((error?: Error) => void) | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(
    private readonly model: RunnableModel,
    private readonly options: ModelProcessOptions,
    private readonly onIdle: () => void,
  ) {}

  get idle(): boolean {
    return this.#ready && this.#finish === undefined
  }

  get busy(): boolean {
    return this.#finish !== undefined
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  get restarts(): number {
    return this.#restarts
  }

  /** Starts the first process. Rejects with ModelRefusedError when the runtime will not have the model or dies of it. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settleStart = (error) => {
        this.#settleStart = undefined
        if (error === undefined) resolve()
        else reject(error)
      }
      this.#spawn()
    })
  }

  /** Runs one picture; only when `idle`. Never rejects: a death or a kill is a result. */
  run(input: Values): Promise<RunResult> {
    return new Promise((resolve) => {
      this.#killReason = 'crashed'
      this.#finish = (result) => {
        this.#finish = undefined
        resolve(result)
      }
      this.#send({ type: 'run', values: input.values, shape: input.shape })
    })
  }

  /** Ends a process that takes too long over its picture. */
  killLate(): void {
    this.#killReason = 'timeout'
    this.#child?.kill('SIGKILL')
  }

  /** Ends the process for good; what it was looking at fails. Resolves when it is gone. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#child?.kill('SIGKILL')
    await this.#exited
  }

  #spawn(): void {
    // No environment: the child needs none and must not see secrets.
    const child = fork(WORKER, [], {
      serialization: 'advanced',
      env: {},
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    this.#child = child
    this.#timer = setTimeout(() => child.kill('SIGKILL'), this.options.loadDeadlineMs)
    this.#exited = new Promise((resolve) => {
      const end = (detail: string) => {
        this.#handleExit(detail)
        resolve()
      }
      child.once('exit', (code, signal) => end(`exit code ${String(code)}, signal ${String(signal)}`))
      child.on('error', (error) => {
        // Without a pid it never started and no exit will follow; else the exit tells the rest.
        if (child.pid === undefined) end(String(error))
        else child.kill('SIGKILL')
      })
    })
    child.on('message', (message: FromWorker) => this.#handle(message))
    this.#send({ type: 'load', ...this.model })
  }

  #send(message: ToWorker): void {
    const child = this.#child
    child?.send(message, (error) => {
      if (error !== null) child.kill('SIGKILL')
    })
  }

  #handle(message: FromWorker): void {
    switch (message.type) {
      case 'ready':
        clearTimeout(this.#timer)
        this.#ready = true
        this.#settleStart?.()
        this.onIdle()
        break
      case 'refused':
        this.#settleStart?.(new ModelRefusedError(message.reason, message.detail))
        break
      case 'answer':
        this.#deathsInRow = 0
        this.#rollAbove(message.rssBytes)
        this.#finish?.({ ok: true, values: message.values, shape: message.shape })
        this.onIdle()
        break
      case 'broken':
        this.#rollAbove(message.rssBytes)
        this.#finish?.({ ok: false, reason: 'crashed', detail: message.detail })
        this.onIdle()
        break
    }
  }

  /** Replaces a process that has grown too large, before it takes another picture. */
  #rollAbove(rssBytes: number): void {
    if (rssBytes <= this.options.rssLimitBytes) return
    this.#ready = false
    this.#child?.kill('SIGKILL')
  }

  #handleExit(detail: string): void {
    this.#ready = false
    this.#child = undefined
    clearTimeout(this.#timer)
    this.#finish?.({ ok: false, reason: this.#killReason, detail: `the process ended: ${detail}` })
    if (this.#settleStart !== undefined) {
      this.#closed = true
      this.#settleStart(new ModelRefusedError('load', `the process ended while loading: ${detail}`))
    }
    if (this.#closed) return
    this.#restarts++
    const wait = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** this.#deathsInRow)
    this.#deathsInRow++
    this.#timer = setTimeout(() => this.#spawn(), wait)
  }
}
