import { createHash } from 'node:crypto'
import { RetriableError } from '@streamkeeper/pipeline'
import { Redis } from 'ioredis'

/** Short notes under foreign ids that vanish after a time. Nothing here is the record of anything: it may be lost. */
export interface Marks {
  /** The notes of the ids, in their order; null where there is none. Throws RetriableError when Redis is away. */
  get(ids: readonly string[]): Promise<readonly (string | null)[]>
  set(entries: readonly { readonly id: string; readonly value: string }[], ttlMs: number): Promise<void>
  ping(): Promise<void>
  close(): Promise<void>
}

export interface MarksOptions {
  readonly url: string
  /** Before every key, so that installations can share a server. */
  readonly prefix: string
  readonly logger?: { warn(fields: object, message: string): void }
}

/** For one command, waiting for the connection included. */
const commandMs = 3_000

/** Marks on Redis. Connects by itself, again and again, and fails quickly while it cannot. */
export function createMarks({ url, prefix, logger }: MarksOptions): Marks {
  const redis = new Redis(url, {
    lazyConnect: true,
    commandTimeout: commandMs,
    connectTimeout: 5_000,
    maxRetriesPerRequest: 1,
    enableAutoPipelining: true,
    retryStrategy: (attempt) => Math.min(2_000, 50 * 2 ** Math.min(attempt, 6)),
  })
  // Without a listener an outage would be an unhandled error; callers learn of it by their own call.
  redis.on('error', (err: Error) => logger?.warn({ detail: err.message }, 'redis does not answer'))
  const keyOf = (id: string): string => prefix + createHash('sha256').update(id).digest('base64url')
  return {
    get: (ids) => ask('get', async () => (ids.length === 0 ? [] : redis.mget(ids.map(keyOf)))),
    set: (entries, ttlMs) =>
      ask('set', async () => {
        await Promise.all(entries.map(({ id, value }) => redis.set(keyOf(id), value, 'PX', ttlMs)))
      }),
    ping: () => ask('ping', async () => void (await redis.ping())),
    close: async () => redis.disconnect(),
  }
}

/** Whatever Redis says no to will pass: a full memory, a start, a fail-over. */
async function ask<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw new RetriableError(`marks ${what}: redis is away or busy`, { cause: error })
  }
}
