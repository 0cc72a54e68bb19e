import { loadModel } from './load-model.js'
import { makeTensor } from './make-tensor.js'
import type { Manifest } from './manifest.js'
import { ModelPool, type PoolResult, type PoolStats } from './model-pool.js'
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

export type ClassifierStats = PoolStats

export interface Classifier {
  readonly manifest: Manifest
  readonly model: ModelIdentity
  /** Never rejects. The picture's bytes are not looked at any more when the answer is there. */
  classify(picture: Picture): Promise<ClassifierResult>
  stats(): ClassifierStats
  /** Ends all processes; what waits or runs fails. Resolves when they are gone. */
  close(): Promise<void>
}

const DEFAULTS = {
  processes: 1,
  deadlineMs: 5000,
  queueLimit: 32,
  rssLimitBytes: 2 ** 30,
  loadDeadlineMs: 30_000,
  niceness: 0,
}

/** Checks the model, starts its processes and waits until they can work. Rejects with ModelRefusedError. */
export async function createClassifier(options: ClassifierOptions): Promise<Classifier> {
  const { manifest, bytes } = await loadModel(options.manifestDir)
  const { input, output } = manifest
  const pool = new ModelPool({ bytes, input, output, answer: 'all' }, { ...DEFAULTS, ...options })
  await pool.start()
  return new PooledClassifier(manifest, pool)
}

class PooledClassifier implements Classifier {
  readonly model: ModelIdentity

  constructor(
    readonly manifest: Manifest,
    private readonly pool: ModelPool,
  ) {
    const { name, version, sha256 } = manifest
    this.model = { name, version, sha256 }
  }

  async classify(picture: Picture): Promise<ClassifierResult> {
    const fault = findPictureFault(picture)
    if (fault !== undefined) return fail('refused', fault)
    const { input } = this.manifest
    const result = await this.pool.run((memoryFor) => ({
      values: makeTensor(picture, input, memoryFor),
      shape: input.shape,
    }))
    return this.#answer(result)
  }

  stats(): ClassifierStats {
    return this.pool.stats()
  }

  close(): Promise<void> {
    return this.pool.close()
  }

  #answer(result: PoolResult): ClassifierResult {
    if (!result.ok) return fail(result.reason, result.detail)
    const read = readScores(this.manifest, Array.from(result.values))
    if (!read.ok) return fail('nan', read.detail)
    return { outcome: 'scored', scores: read.scores, labels: read.labels, model: this.model }
  }
}

function fail(reason: FailureReason, detail: string): ClassifierResult {
  return { outcome: 'failed', reason, detail }
}
