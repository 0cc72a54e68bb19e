import { RetriableError } from '@streamkeeper/pipeline'
import { Redis } from 'ioredis'

/** Redis is set up in a way that loses cases. Each finding is one setting, as it is and as it must be. */
export class RedisSettingsError extends Error {
  override readonly name: string = 'RedisSettingsError'
  readonly code = 'REDIS_SETTINGS'
  readonly retriable = false
}

/**
 * Throws RedisSettingsError when the server may evict keys or keeps no append-only file: either loses cases that wait.
 * Asks by INFO, which managed servers answer too. Throws RetriableError when the server is away.
 */
export async function checkRedis(redisUrl: string): Promise<void> {
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: 3_000,
    commandTimeout: 3_000,
  })
  redis.on('error', () => undefined)
  let info: string
  try {
    await redis.connect()
    info = (await redis.info('memory')) + (await redis.info('persistence'))
  } catch (error) {
    throw new RetriableError('redis is away or busy', { cause: error })
  } finally {
    redis.disconnect()
  }
  const findings = findUnsafe(info)
  if (findings.length > 0) throw new RedisSettingsError(`redis would lose cases: ${findings.join('; ')}`)
}

/** What is unsafe in the text of INFO, in words. */
export function findUnsafe(info: string): string[] {
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'unknown'
  const appends = /^aof_enabled:(\S+)/m.exec(info)?.[1] ?? 'unknown'
  const findings: string[] = []
  if (policy !== 'noeviction') findings.push(`maxmemory-policy is ${policy}, must be noeviction`)
  if (appends !== '1') findings.push(`appendonly is ${appends === '0' ? 'no' : appends}, must be yes`)
  return findings
}
