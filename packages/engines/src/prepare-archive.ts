import { StreamkeeperError } from '@streamkeeper/contracts'
import type { ObjectStore } from '@streamkeeper/pipeline'
import { createConnectionPart, type Logger, type Part } from '@streamkeeper/runtime'
import { directoryWarning, ensureBucket, probeLock } from '@streamkeeper/storage'
import { s3Options, type ObjectConfig } from './engine-options.js'

/** What operators and auditors must be told of the archive, or null when its retention holds against everybody. */
export function archiveWarning(config: ObjectConfig): string | null {
  return config.objectsDir === undefined ? null : directoryWarning
}

/**
 * The archive as a part of a service. The start throws STORE_NOT_LOCKING, with the failed checks, for a bucket that only
 * pretends to lock; a folder cannot pretend, and its start says loudly that it locks nothing.
 */
export function createArchivePart(config: ObjectConfig, archive: ObjectStore, logger: Logger): Part {
  const open = async (): Promise<void> => {
    const warning = archiveWarning(config)
    if (warning === null) return checkBucket(config)
    logger.warn({ objectsDir: config.objectsDir }, warning)
    await archive.ping()
  }
  return createConnectionPart('archive', { open, close: () => archive.close() })
}

/** Makes the bucket when it is missing and tries whether it locks. */
async function checkBucket(config: ObjectConfig): Promise<void> {
  const options = s3Options(config, config.s3Bucket)
  const differences = await ensureBucket(options, { versioning: true, objectLock: true })
  const wrong = differences.map(({ setting }) => `${setting} is off`)
  if (wrong.length > 0) throw notLocking(options.bucket, wrong)
  const { verdict, checks } = await probeLock(options)
  if (verdict === 'locked') return
  const failed = checks.filter((check) => !check.ok)
  throw notLocking(
    options.bucket,
    failed.map(({ name, expected, observed }) => `${name}: expected ${expected}, observed ${observed}`),
  )
}

function notLocking(bucket: string, reasons: readonly string[]): StreamkeeperError {
  return new StreamkeeperError('STORE_NOT_LOCKING', `bucket ${bucket}: ${reasons.join('; ')}`)
}
