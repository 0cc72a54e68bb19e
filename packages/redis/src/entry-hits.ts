import { createHash } from 'node:crypto'
import { ask, connect, type ConnectOptions } from './connect.js'

/** What entries of word lists hit, by day, and which are held back: counted by all processes together. May be lost. */
export interface EntryHits {
  /** Adds to the counts of the day that `at` lies in (UTC, milliseconds since the epoch). Throws RetriableError when Redis is away. */
  add(hits: ReadonlyMap<string, number>, at: number): Promise<void>
  /** Hits by entry over the last days, today included; at most 8 are kept. */
  count(days: number, at: number): Promise<ReadonlyMap<string, number>>
  /** Keeps what is said first of a message for a day; answers what was. Throws RetriableError when Redis is away. */
  keepFirst(messageKey: string, said: string): Promise<string>
  /** Says that an entry is held back until then, in chat unless told otherwise. */
  hold(entries: readonly string[], until: number, where?: HeldWhere): Promise<void>
  /** The entries that are held back at a time, in chat unless told otherwise. */
  held(at: number, where?: HeldWhere): Promise<readonly string[]>
  close(): Promise<void>
}

/** Where an entry hits too much: the same word may be right in one place and wrong in the other. */
type HeldWhere = 'chat' | 'pictures'

const dayMs = 24 * 60 * 60 * 1000
const keptDays = 8

export interface EntryHitsOptions extends ConnectOptions {
  /** Of the installation: several can share a server. */
  readonly topicPrefix: string
}

/** Counts on Redis; every service of an installation sees the same ones. */
export function createEntryHits({ topicPrefix, ...options }: EntryHitsOptions): EntryHits {
  const redis = connect(options)
  const prefix = `${topicPrefix}streamkeeper:entries:`
  const dayKey = (at: number): string => `${prefix}hits:${new Date(at).toISOString().slice(0, 10)}`
  const heldKeyOf = (where: HeldWhere): string => (where === 'chat' ? `${prefix}held` : `${prefix}held:${where}`)
  return {
    add: (hits, at) =>
      ask('entry hits', async () => {
        if (hits.size === 0) return
        const key = dayKey(at)
        await Promise.all([...hits].map(([entry, count]) => redis.hincrby(key, entry, count)))
        await redis.pexpire(key, keptDays * dayMs)
      }),
    count: (days, at) =>
      ask('entry hits', async () => {
        const keys = Array.from({ length: days }, (_, ago) => dayKey(at - ago * dayMs))
        const found = await Promise.all(keys.map((key) => redis.hgetall(key)))
        const sums = new Map<string, number>()
        for (const [entry, count] of found.flatMap((day) => Object.entries(day)))
          sums.set(entry, (sums.get(entry) ?? 0) + Number(count))
        return sums
      }),
    keepFirst: (messageKey, said) =>
      ask('first word', async () => {
        const digest = createHash('sha256').update(messageKey).digest('base64url')
        return (await redis.set(`${prefix}first:${digest}`, said, 'PX', dayMs, 'NX', 'GET')) ?? said
      }),
    hold: (entries, until, where = 'chat') =>
      ask('held entries', async () => {
        await Promise.all(entries.map((entry) => redis.hset(heldKeyOf(where), entry, until)))
      }),
    held: (at, where = 'chat') =>
      ask('held entries', async () => {
        const heldKey = heldKeyOf(where)
        const all = Object.entries(await redis.hgetall(heldKey))
        const over = all.filter(([, until]) => Number(until) <= at).map(([entry]) => entry)
        if (over.length > 0) await redis.hdel(heldKey, ...over)
        return all.filter(([, until]) => Number(until) > at).map(([entry]) => entry)
      }),
    close: async () => redis.disconnect(),
  }
}
