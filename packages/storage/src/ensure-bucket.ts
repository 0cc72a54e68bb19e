import {
  CreateBucketCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  HeadBucketCommand,
  PutBucketVersioningCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { createClient, type S3Options } from './client.js'
import { nameOf, statusOf, toStoreError } from './store-errors.js'

export interface BucketShape {
  readonly versioning: boolean
  readonly objectLock: boolean
}

/** A bucket that exists is not as it should be; it is never changed. */
export interface BucketDifference {
  readonly setting: 'versioning' | 'objectLock'
  readonly expected: boolean
  readonly found: boolean
}

/** Makes the bucket when it is missing; else says what differs. Throws RetriableError when the store is away. */
export async function ensureBucket(options: S3Options, shape: BucketShape): Promise<readonly BucketDifference[]> {
  const client = createClient(options)
  try {
    if (!(await exists(client, options.bucket))) await make(client, options.bucket, shape)
    return await compare(client, options.bucket, shape)
  } catch (error) {
    throw toStoreError(error, `bucket ${options.bucket}`)
  } finally {
    client.destroy()
  }
}

async function exists(client: S3Client, bucket: string): Promise<boolean> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }))
    return true
  } catch (error) {
    if (statusOf(error) === 404) return false
    throw error
  }
}

async function make(client: S3Client, bucket: string, { versioning, objectLock }: BucketShape): Promise<void> {
  try {
    await client.send(
      new CreateBucketCommand({ Bucket: bucket, ...(objectLock ? { ObjectLockEnabledForBucket: true } : {}) }),
    )
  } catch (error) {
    // Another service made it at the same moment.
    if (!/BucketAlreadyOwnedByYou|BucketAlreadyExists|OperationAborted/.test(nameOf(error))) throw error
  }
  if (versioning)
    await client.send(
      new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    )
}

async function compare(client: S3Client, bucket: string, shape: BucketShape): Promise<BucketDifference[]> {
  const versioning = (await client.send(new GetBucketVersioningCommand({ Bucket: bucket }))).Status === 'Enabled'
  const objectLock = await isLocking(client, bucket)
  const found = { versioning, objectLock }
  return (['versioning', 'objectLock'] as const).flatMap((setting) =>
    shape[setting] && !found[setting] ? [{ setting, expected: shape[setting], found: found[setting] }] : [],
  )
}

async function isLocking(client: S3Client, bucket: string): Promise<boolean> {
  try {
    const { ObjectLockConfiguration: lock } = await client.send(
      new GetObjectLockConfigurationCommand({ Bucket: bucket }),
    )
    return lock?.ObjectLockEnabled === 'Enabled'
  } catch (error) {
    // "No lock configuration" is a 404 of AWS and a 400 elsewhere.
    if (statusOf(error) === 404 || statusOf(error) === 400) return false
    throw error
  }
}
