import { createHash, randomUUID } from 'node:crypto'
import { ReviewJob } from '@streamkeeper/contracts'
import { RetriableError, type ReviewQueue } from '@streamkeeper/pipeline'
import { Queue, Worker, type ConnectionOptions, type Job } from 'bullmq'
import { bullPriority } from './priority.js'

export interface QueueOptions {
  readonly redisUrl: string
  /** Before every key, so that installations can share a server. */
  readonly prefix: string
  readonly logger?: { warn(fields: object, message: string): void }
}

/** For one call, waiting for the connection included. */
const callMs = 5_000
const queueName = 'review'

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
      connection: { ...connection, enableOfflineQueue: false, maxRetriesPerRequest: 1 },
      prefix,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    })
    // No processor: jobs are taken by hand, one at a time.
    this.#worker = new Worker(queueName, null, {
      connection: { ...connection, maxRetriesPerRequest: null },
      prefix,
      autorun: false,
      lockDuration: 60_000,
    })
    // BullMQ ends the process on an error that nobody listens to.
    for (const emitter of [this.#queue, this.#worker])
      emitter.on('error', (err: Error) => logger?.warn({ detail: err.message }, 'the review queue does not answer'))
  }

  put(job: ReviewJob): Promise<void> {
    return ask('put', async () => {
      await this.#queue.waitUntilReady()
      const priority = bullPriority(job)
      const jobId = jobIdOf(job.caseId)
      const known = await this.#queue.getJob(jobId)
      if (known === undefined) await this.#queue.add('case', job, { jobId, priority })
      else await move(known, job, priority)
    })
  }

  next(): Promise<ReviewJob | null> {
    return ask('next', async () => {
      const token = randomUUID()
      const job = await this.#worker.getNextJob(token, { block: false })
      if (job === undefined || job === null) return null
      await job.moveToCompleted('taken', token, false)
      return ReviewJob.parse(job.data)
    })
  }

  remove(caseId: string): Promise<boolean> {
    return ask('remove', async () => (await this.#queue.remove(jobIdOf(caseId))) === 1)
  }

  list(limit: number): Promise<readonly string[]> {
    return ask('list', async () =>
      (await this.#queue.getJobs(['prioritized', 'waiting'], 0, limit - 1, true)).flatMap((job) =>
        job === undefined ? [] : [job.data.caseId],
      ),
    )
  }

  size(): Promise<number> {
    return ask('size', () => this.#queue.getJobCountByTypes('prioritized', 'waiting'))
  }

  ping(): Promise<void> {
    return ask('ping', async () => {
      await this.#queue.waitUntilReady()
      await this.#queue.getJobCountByTypes('prioritized')
    })
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#worker.close(true), this.#queue.close()])
  }
}

async function move(known: Job<ReviewJob>, job: ReviewJob, priority: number): Promise<void> {
  await known.updateData(job)
  if (known.priority !== priority) await known.changePriority({ priority })
}

/** BullMQ refuses ids with a colon or of digits alone: a digest has neither. */
function jobIdOf(caseId: string): string {
  return `case-${createHash('sha256').update(caseId).digest('hex').slice(0, 40)}`
}

function connectionOf(redisUrl: string): ConnectionOptions & { readonly host: string } {
  const { hostname, port, username, password, pathname, protocol } = new URL(redisUrl)
  return {
    host: hostname,
    port: port === '' ? 6379 : Number(port),
    connectTimeout: 5_000,
    retryStrategy: (attempt: number) => Math.min(2_000, 50 * 2 ** Math.min(attempt, 6)),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(pathname.length > 1 ? { db: Number(pathname.slice(1)) } : {}),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  }
}

/** Bounded, since a client without a connection may wait for one for ever. */
async function ask<T>(what: string, call: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RetriableError(`queue ${what}: no answer within ${callMs} ms`)), callMs)
  })
  const work = call()
  // When it lost the race its end is nobody's business any more.
  work.catch(() => undefined)
  try {
    return await Promise.race([work, late])
  } catch (error) {
    throw new RetriableError(`queue ${what}: redis is away or busy`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}
