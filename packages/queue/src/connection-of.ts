import type { RedisOptions } from 'bullmq'

const longestPauseMs = 1_000

/** Connection options for BullMQ. A command fails at once without a connection: one that is kept back would take a case for nobody. */
export function connectionOf(redisUrl: string): RedisOptions & { readonly host: string } {
  const { hostname, port, username, password, pathname, protocol } = new URL(redisUrl)
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? 6379 : Number(port),
    connectTimeout: 3_000,
    commandTimeout: 3_000,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: null,
    retryStrategy: (attempt: number) => Math.min(longestPauseMs, 50 * attempt),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(pathname.length > 1 ? { db: Number(pathname.slice(1)) } : {}),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  }
}
