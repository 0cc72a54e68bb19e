import { RetriableError } from '@streamkeeper/pipeline'
import { Redis } from 'ioredis'

export interface ConnectOptions {
  readonly url: string
  /** For one command, waiting for the connection included; default 3,000. */
  readonly commandMs?: number
  readonly logger?: { warn(fields: object, message: string): void }
}

/** A connection that comes back by itself, again and again, and fails quickly while it cannot. */
export function connect({ url, commandMs = 3_000, logger }: ConnectOptions): Redis {
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
  return redis
}

/** Whatever Redis says no to will pass: a full memory, a start, a fail-over. Throws RetriableError that names the call. */
export async function ask<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw new RetriableError(`${what}: redis is away or busy`, { cause: error })
  }
}
