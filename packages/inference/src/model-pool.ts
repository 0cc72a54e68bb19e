import { ModelProcess, type RunnableModel, type RunResult } from './model-process.js'
import type { Values } from './protocol.js'

export interface ModelPoolOptions {
  processes: number
  /** From `run` to its answer, waiting included. */
  deadlineMs: number
  /** Inputs that may wait; one more is answered `overloaded` at once. */
  queueLimit: number
  rssLimitBytes: number
  loadDeadlineMs: number
  niceness: number
}

export type PoolResult =
  | ({ ok: true } & Values)
  | { ok: false; reason: 'crashed' | 'timeout' | 'overloaded' | 'refused'; detail: string }

export interface PoolStats {
  waiting: number
  running: number
  /** How often a process was replaced since the start. */
  restarts: number
  pids: number[]
}

/** Makes an input; `memoryFor` gives memory for so many numbers, which nobody else uses until the input has been run. */
type MakeInput = (memoryFor: (length: number) => Float32Array) => Values

interface Job {
  makeInput: MakeInput
  settle: (result: PoolResult) => void
}

/** Child processes of one model, one session and one thread each, behind a bounded queue. */
export class ModelPool {
  readonly #processes: ModelProcess[]
  readonly #waiting: Job[] = []
  readonly #running = new Map<Job, ModelProcess>()
  #closed = false

  constructor(
    model: RunnableModel,
    private readonly options: ModelPoolOptions,
  ) {
    this.#processes = Array.from(
      { length: options.processes },
      () => new ModelProcess(model, options, () => this.#dispatch()),
    )
  }

  /** Resolves when all processes can work. Rejects with ModelRefusedError, and then has ended them. */
  async start(): Promise<void> {
    try {
      await Promise.all(this.#processes.map((child) => child.start()))
    } catch (error) {
      await this.close()
      throw error
    }
  }

  /** Runs one input, made when a process is free for it. Never rejects. */
  run(makeInput: MakeInput, deadlineMs = this.options.deadlineMs): Promise<PoolResult> {
    if (this.#closed) return Promise.resolve(fail('refused', 'the processes were closed'))
    const { queueLimit } = this.options
    if (this.#waiting.length >= queueLimit) {
      return Promise.resolve(fail('overloaded', `${queueLimit} pictures are waiting`))
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#expire(job, deadlineMs), deadlineMs)
      const settle = (result: PoolResult) => {
        clearTimeout(timer)
        resolve(result)
      }
      const job: Job = { makeInput, settle }
      this.#waiting.push(job)
      this.#dispatch()
    })
  }

  stats(): PoolStats {
    return {
      waiting: this.#waiting.length,
      running: this.#processes.filter(({ busy }) => busy).length,
      restarts: this.#processes.reduce((total, { restarts }) => total + restarts, 0),
      pids: this.#processes.flatMap(({ pid }) => pid ?? []),
    }
  }

  /** Ends all processes; what waits or runs fails. Resolves when they are gone. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { settle } of this.#waiting.splice(0)) settle(fail('refused', 'the processes were closed'))
    await Promise.all(this.#processes.map((child) => child.close()))
  }

  /** Gives waiting inputs to idle processes, the oldest first. */
  #dispatch(): void {
    for (const child of this.#processes) {
      if (!child.idle) continue
      const job = this.#waiting.shift()
      if (job === undefined) return
      void this.#run(child, job)
    }
  }

  async #run(child: ModelProcess, job: Job): Promise<void> {
    this.#running.set(job, child)
    const result: RunResult = await child.run(job.makeInput((length) => child.memoryFor(length)))
    this.#running.delete(job)
    job.settle(result)
  }

  #expire(job: Job, deadlineMs: number): void {
    const index = this.#waiting.indexOf(job)
    if (index < 0) {
      this.#running.get(job)?.killLate()
      return
    }
    this.#waiting.splice(index, 1)
    job.settle(fail('timeout', `waited ${deadlineMs} ms for a process`))
  }
}

function fail(reason: 'overloaded' | 'refused' | 'timeout', detail: string): PoolResult {
  return { ok: false, reason, detail }
}
