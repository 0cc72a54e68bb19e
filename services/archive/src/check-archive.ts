import { StreamkeeperError } from '@streamkeeper/contracts'
import { ensureBucket, probeLock, type S3Options } from '@streamkeeper/storage'

/** Makes the bucket when it is missing and tries whether it locks. Throws STORE_NOT_LOCKING with the failed checks. */
export async function checkArchive(options: S3Options): Promise<void> {
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
