import { createHash, randomUUID } from 'node:crypto'
import { ReviewJob } from '@streamkeeper/contracts'
import type { ReviewQueue } from '@streamkeeper/pipeline'
import { Queue, Worker } from 'bullmq'
import { askWithin, checkInTime, type Deadline } from './ask-within.js'
import { connectionOf } from './connection-of.js'
import { bullPriority } from './priority.js'

export interface QueueOptions {
  readonly redisUrl: string
  /** Before every key, so that installations can share a server. */
  readonly prefix: string
  readonly logger?: { warn(fields: object, message: string): void }
}

const queueName = 'review'
// A taken job is gone within milliseconds; only one whose taker died stays, and is put back after these two.
const lockMs = 5_000
const stalledEveryMs = 5_000
const askAgainMs = 25

/** A ReviewQueue on BullMQ. A job is taken out whole, never held: the lease is a row of the database, so that nothing stalls here. */
export function createBullReviewQueue(options: QueueOptions): ReviewQueue {
  return new BullReviewQueue(options)
}

class BullReviewQueue implements ReviewQueue {
  readonly #queue: Queue<ReviewJob>
  readonly #worker: Worker<ReviewJob>

  constructor({ redisUrl, prefix, logger }: QueueOptions) {
    const connection = connectionOf(redisUrl)
    this.#queue = new Queue(queueName, {
      connection,
      prefix,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
      streams: { events: { maxLen: 100 } },
    })
    // No processor: jobs are taken by hand, one at a time.
    this.#worker = new Worker(queueName, null, {
      connection,
      prefix,
      autorun: false,
      lockDuration: lockMs,
      stalledInterval: stalledEveryMs,
      // The default of 1 fails a case for good when two takers die on it.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
    })
    const tell = (err: Error): void => logger?.warn({ detail: err.message }, 'the review queue does not answer')
    // BullMQ ends the process on an error that nobody listens to.
    this.#queue.on('error', tell)
    this.#worker.on('error', tell)
    this.#worker.startStalledCheckTimer().catch(tell)
  }

  put(job: ReviewJob): Promise<void> {
    return this.#ask('put', (deadline) => this.#put(job, deadline))
  }

  next(): Promise<ReviewJob | null> {
    return this.#ask('next', async (deadline) => {
      const token = randomUUID()
      checkInTime(deadline)
      const job = await this.#worker.getNextJob(token, { block: false })
      if (job === undefined || job === null) return null
      // Whoever asked has been told that it failed: the case goes back when its lock ends.
      checkInTime(deadline)
      await job.moveToCompleted('taken', token, false)
      return ReviewJob.parse(job.data)
    })
  }

  remove(caseId: string): Promise<boolean> {
    return this.#ask('remove', async () => {
      const jobId = jobIdOf(caseId)
      // BullMQ says yes to removing what is not there.
      if (!waits(await this.#queue.getJobState(jobId))) return false
      return (await this.#queue.remove(jobId)) === 1
    })
  }

  list(limit: number): Promise<readonly string[]> {
    return this.#ask('list', async () =>
      (await this.#queue.getJobs(['waiting', 'prioritized'], 0, limit - 1, true))
        .flatMap((job) => (job === undefined || job === null ? [] : [job.data.caseId]))
        .slice(0, limit),
    )
  }

  size(): Promise<number> {
    return this.#ask('size', () => this.#queue.getJobCountByTypes('waiting', 'prioritized'))
  }

  ping(): Promise<void> {
    return this.#ask('ping', async () => {
      await this.#queue.getJobCountByTypes('prioritized')
    })
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#worker.close(true), this.#queue.close()])
  }

  #ask<T>(what: string, call: (deadline: Deadline) => Promise<T>): Promise<T> {
    return askWithin(what, async (deadline) => {
      await Promise.all([this.#queue.waitUntilReady(), this.#worker.waitUntilReady()])
      checkInTime(deadline)
      return call(deadline)
    })
  }

  /** A case that is being taken out this very moment is waited for, since it would swallow what is put. */
  async #put(job: ReviewJob, deadline: Deadline): Promise<void> {
    const jobId = jobIdOf(job.caseId)
    const priority = bullPriority(job)
    for (;;) {
      checkInTime(deadline)
      const known = await this.#queue.getJob(jobId)
      if (known === undefined) {
        await this.#queue.add('case', job, { jobId, priority })
        return
      }
      const isUpdated = await settles(async () => {
        await known.updateData(job)
        if (known.priority !== priority) await known.changePriority({ priority })
      }, /missing key/i)
      if (isUpdated && waits(await this.#queue.getJobState(jobId))) return
      await new Promise((resolve) => setTimeout(resolve, askAgainMs))
    }
  }
}

function waits(state: string): boolean {
  return state === 'prioritized' || state === 'waiting'
}

/** False when the work failed with these words; other failures are thrown. */
async function settles(work: () => Promise<void>, words: RegExp): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'message' in error && words.test(String(error.message)))
      return false
    throw error
  }
}

/** BullMQ refuses ids with a colon or of digits alone: a digest has neither. */
function jobIdOf(caseId: string): string {
  return `case-${createHash('sha256').update(caseId).digest('hex').slice(0, 40)}`
}
