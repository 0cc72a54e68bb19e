import { createHash } from 'node:crypto'
import { ask, connect } from './connect.js'

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

/** Marks on Redis. Connects by itself, again and again, and fails quickly while it cannot. */
export function createMarks({ url, prefix, logger }: MarksOptions): Marks {
  const redis = connect({ url, ...(logger === undefined ? {} : { logger }) })
  const keyOf = (id: string): string => prefix + createHash('sha256').update(id).digest('base64url')
  return {
    get: (ids) => ask('marks get', async () => (ids.length === 0 ? [] : redis.mget(ids.map(keyOf)))),
    set: (entries, ttlMs) =>
      ask('marks set', async () => {
        await Promise.all(entries.map(({ id, value }) => redis.set(keyOf(id), value, 'PX', ttlMs)))
      }),
    ping: () => ask('marks ping', async () => void (await redis.ping())),
    close: async () => redis.disconnect(),
  }
}
