import { loadModel, type LoadedModel } from './load-model.js'
import { makeTensor } from './make-tensor.js'
import type { Manifest } from './manifest.js'
import { ModelProcess, type RunResult } from './model-process.js'
import { findPictureFault, type Picture } from './picture.js'
import { readScores, type LabelScore } from './read-scores.js'

export interface ClassifierOptions {
  /** A folder with `manifest.json`, see `modelDir`. */
  manifestDir: string
  /** Child processes, one session and one thread each. Default 1. */
  processes?: number
  /** For one picture, from `classify` to its answer, waiting included. Default 5000. */
  deadlineMs?: number
  /** Pictures that may wait; one more is answered `overloaded` at once. Default 32. */
  queueLimit?: number
  /** A process above this is replaced after its picture. Default 1 GiB. */
  rssLimitBytes?: number
  /** For loading the model into a process. Default 30000. */
  loadDeadlineMs?: number
}

/** Which model gave an answer. */
export interface ModelIdentity {
  name: string
  version: string
  sha256: string
}

/**
 * `failed` means that nobody looked: never take it for clean. `nan`: numbers that are no probabilities; `crashed`: the
 * process died or the run failed; `timeout`; `overloaded`: too many waiting; `refused`: no picture, or already closed.
 */
export type ClassifierResult =
  | { outcome: 'scored'; scores: Record<string, number>; labels: LabelScore[]; model: ModelIdentity }
  | { outcome: 'failed'; reason: FailureReason; detail: string }
export type FailureReason = 'nan' | 'crashed' | 'timeout' | 'overloaded' | 'refused'

export interface ClassifierStats {
  waiting: number
  running: number
  /** How often a process was replaced since the start. */
  restarts: number
  pids: number[]
}

export interface Classifier {
  readonly manifest: Manifest
  readonly model: ModelIdentity
  /** Never rejects. */
  classify(picture: Picture): Promise<ClassifierResult>
  stats(): ClassifierStats
  /** Ends all processes; what waits or runs fails. Resolves when they are gone. */
  close(): Promise<void>
}

interface Job {
  picture: Picture
  settle: (result: ClassifierResult) => void
}

const DEFAULTS = { processes: 1, deadlineMs: 5000, queueLimit: 32, rssLimitBytes: 2 ** 30, loadDeadlineMs: 30_000 }

/** Checks the model, starts its processes and waits until they can work. Rejects with ModelRefusedError. */
export async function createClassifier(options: ClassifierOptions): Promise<Classifier> {
  const model = await loadModel(options.manifestDir)
  const pool = new Pool(model, { ...DEFAULTS, ...options })
  await pool.start()
  return pool
}

class Pool implements Classifier {
  readonly manifest: Manifest
  readonly model: ModelIdentity
  readonly #processes: ModelProcess[]
  readonly #waiting: Job[] = []
  readonly #running = new Map<Job, ModelProcess>()
  #closed = false

  constructor(
    model: LoadedModel,
    private readonly options: Required<ClassifierOptions>,
  ) {
    const { name, version, sha256 } = model.manifest
    this.manifest = model.manifest
    this.model = { name, version, sha256 }
    this.#processes = Array.from(
      { length: options.processes },
      () => new ModelProcess(model, options, () => this.#dispatch()),
    )
  }

  async start(): Promise<void> {
    try {
      await Promise.all(this.#processes.map((child) => child.start()))
    } catch (error) {
      await this.close()
      throw error
    }
  }

  classify(picture: Picture): Promise<ClassifierResult> {
    const refusal = this.#findRefusal(picture)
    if (refusal !== undefined) return Promise.resolve(refusal)
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#expire(job), this.options.deadlineMs)
      const settle = (result: ClassifierResult) => {
        clearTimeout(timer)
        resolve(result)
      }
      const job: Job = { picture, settle }
      this.#waiting.push(job)
      this.#dispatch()
    })
  }

  stats(): ClassifierStats {
    return {
      waiting: this.#waiting.length,
      running: this.#processes.filter(({ busy }) => busy).length,
      restarts: this.#processes.reduce((total, { restarts }) => total + restarts, 0),
      pids: this.#processes.flatMap(({ pid }) => pid ?? []),
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const { settle } of this.#waiting.splice(0)) settle(fail('refused', 'the classifier was closed'))
    await Promise.all(this.#processes.map((child) => child.close()))
  }

  #findRefusal(picture: Picture): ClassifierResult | undefined {
    if (this.#closed) return fail('refused', 'the classifier is closed')
    const fault = findPictureFault(picture)
    if (fault !== undefined) return fail('refused', fault)
    const { queueLimit } = this.options
    return this.#waiting.length >= queueLimit ? fail('overloaded', `${queueLimit} pictures are waiting`) : undefined
  }

  /** Gives waiting pictures to idle processes, the oldest first. */
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
    const result = await child.run(makeTensor(job.picture, this.manifest.input))
    this.#running.delete(job)
    job.settle(this.#answer(result))
  }

  #answer(result: RunResult): ClassifierResult {
    if (!result.ok) return fail(result.reason, result.detail)
    const read = readScores(this.manifest, result.values)
    if (!read.ok) return fail('nan', read.detail)
    return { outcome: 'scored', scores: read.scores, labels: read.labels, model: this.model }
  }

  #expire(job: Job): void {
    const index = this.#waiting.indexOf(job)
    if (index < 0) {
      this.#running.get(job)?.killLate()
      return
    }
    this.#waiting.splice(index, 1)
    job.settle(fail('timeout', `waited ${this.options.deadlineMs} ms for a process`))
  }
}

function fail(reason: FailureReason, detail: string): ClassifierResult {
  return { outcome: 'failed', reason, detail }
}
