import { spawn, type ChildProcess } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { ModelRefusedError } from './model-refused-error.js'
import {
  bytesOf,
  encodeHead,
  MessageReader,
  SOCKET,
  type FromWorker,
  type Interface,
  type ToWorker,
  type Values,
} from './protocol.js'

export interface ModelProcessOptions {
  /** How long loading the model may take, in milliseconds. */
  loadDeadlineMs: number
  /** A process that holds more memory after a picture is replaced by a fresh one. */
  rssLimitBytes: number
  /** By so much, 0 to 19, the process steps back for others: for work that may wait. */
  niceness: number
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
  #memory = new Float32Array(0)
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

  /** Memory for an input, the same for each: what was in it has been read when the answer is here. Only when `idle`. */
  memoryFor(length: number): Float32Array {
    if (this.#memory.length < length) this.#memory = new Float32Array(length)
    return this.#memory.subarray(0, length)
  }

  /** Runs one picture; only when `idle`. Never rejects: a death or a kill is a result. */
  run(input: Values): Promise<RunResult> {
    return new Promise((resolve) => {
      this.#killReason = 'crashed'
      this.#finish = (result) => {
        this.#finish = undefined
        resolve(result)
      }
      this.#send({ type: 'run', shape: input.shape }, bytesOf(input.values))
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
    const child = spawn(process.execPath, [WORKER, String(this.options.niceness)], {
      env: {},
      stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
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
    this.#listen(child)
    const { bytes, ...plan } = this.model
    this.#send({ type: 'load', ...plan }, bytes)
  }

  #listen(child: ChildProcess): void {
    const reader = new MessageReader<FromWorker>((size) => new Uint8Array(size))
    const kill = (): void => void child.kill('SIGKILL')
    const socket = socketOf(child)
    // The exit that follows tells what became of the picture.
    socket?.on('error', kill)
    socket?.on('data', (chunk: Buffer) => {
      try {
        for (let at = 0; at < chunk.length;) {
          const count = chunk.copy(reader.space, 0, at)
          at += count
          const heard = reader.take(count)
          if (heard !== undefined && child === this.#child) this.#handle(heard.message, heard.body)
        }
      } catch {
        // What it says is no message: it is of no use any more.
        kill()
      }
    })
  }

  #send(message: ToWorker, body: Uint8Array): void {
    if (this.#child === undefined) return
    const socket = socketOf(this.#child)
    socket?.cork()
    socket?.write(encodeHead(message, body))
    socket?.write(body)
    socket?.uncork()
  }

  #handle(message: FromWorker, body: Uint8Array): void {
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
        this.#finish?.({ ok: true, values: new Float32Array(body.buffer), shape: message.shape })
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

function socketOf(child: ChildProcess): Duplex | undefined {
  return (child.stdio[SOCKET] ?? undefined) as Duplex | undefined
}
