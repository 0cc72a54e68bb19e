import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { ask, connect, type ConnectOptions } from './connect.js'

/** Somebody said something that others may be saying too. */
export interface Saying {
  /** The same for texts that say the same. */
  readonly textKey: string
  readonly messageKey: string
  readonly account: string
  /** Milliseconds since the epoch, by the sender's clock. */
  readonly at: number
}

/** Counts over all streams and all processes. Nothing here is the record of anything: it may be lost. */
export interface Crowds {
  /**
   * True when with this message so many accounts have said the same within the window. The first answer for a message
   * holds: asked again, also days later, it is the same. Throws RetriableError when Redis is away.
   */
  isCrowd(saying: Saying): Promise<boolean>
  ping(): Promise<void>
  close(): Promise<void>
}

export interface CrowdsOptions extends ConnectOptions {
  /** Before every key, so that installations can share a server. */
  readonly prefix: string
  readonly accounts: number
  readonly withinMs: number
}

/** How long an answer is kept. */
const keepMs = 24 * 60 * 60 * 1000

// The time of the first and of the last message that were part of the crowd is kept: who reads again long after the counts
// are gone gets the answers from between. Answers of messages that nobody else had said yet need not be kept: they came before.
const script = `
local told = redis.call('GET', KEYS[4])
if told then return tonumber(told) end
local at, limit, window, keep = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local span = redis.call('HMGET', KEYS[1], 'from', 'to')
local from, to = tonumber(span[1] or ''), tonumber(span[2] or '')
redis.call('PFADD', KEYS[2], ARGV[1])
redis.call('PEXPIRE', KEYS[2], 3 * window)
local accounts = redis.call('PFCOUNT', KEYS[2], KEYS[3])
local crowd = 0
if from and at >= from and at <= to then crowd = 1 end
if accounts >= limit and not (from and at < from) then
  crowd = 1
  if not from or at > to + window then from = at end
  redis.call('HSET', KEYS[1], 'from', from, 'to', math.max(at, to or at))
  redis.call('PEXPIRE', KEYS[1], keep)
end
if accounts > 1 then redis.call('SET', KEYS[4], crowd, 'PX', keep) end
return crowd`

/** Crowds on Redis, distinct accounts by HyperLogLog (0.8 % off at most), over the window of the message and the one before. */
export function createCrowds({ prefix, accounts, withinMs, ...options }: CrowdsOptions): Crowds {
  const redis = connect(options)
  const keyOf = (...parts: readonly (string | number)[]): string =>
    prefix + createHash('sha256').update(parts.join('\0')).digest('base64url')
  return {
    isCrowd: ({ textKey, messageKey, account, at }) =>
      ask('crowds', async () => {
        const window = Math.floor(at / withinMs)
        const keys = [
          keyOf('span', textKey),
          keyOf('accounts', textKey, window),
          keyOf('accounts', textKey, window - 1),
          keyOf('message', messageKey),
        ]
        return (await run(redis, keys, [account, at, accounts, withinMs, keepMs])) === 1
      }),
    ping: () => ask('crowds ping', async () => void (await redis.ping())),
    close: async () => redis.disconnect(),
  }
}

const sha1 = createHash('sha1').update(script).digest('hex')

/** By the digest of the script; a server that does not know it yet (new, or restarted) is told. */
async function run(redis: Redis, keys: readonly string[], words: readonly (string | number)[]): Promise<unknown> {
  try {
    return await redis.evalsha(sha1, keys.length, ...keys, ...words)
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
    return redis.eval(script, keys.length, ...keys, ...words)
  }
}
