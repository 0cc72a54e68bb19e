import { join } from 'node:path'
import type { ObjectStore } from '@streamkeeper/pipeline'
import { createConnectionPart, type Part } from '@streamkeeper/runtime'
import {
  createDirectoryObjectReader,
  createDirectoryObjectStore,
  createS3ObjectReader,
  createS3ObjectStore,
  ensureBucket,
  type ObjectReader,
} from '@streamkeeper/storage'
import { s3Options, type ObjectConfig } from './engine-options.js'

/** The spool: objects on their way, without lock. Nothing connects before the first call. */
export function openSpool(config: ObjectConfig): ObjectStore {
  return openStore(config, config.spoolBucket, false)
}

/** The archive: what is kept under retention. Nothing connects before the first call. */
export function openArchive(config: ObjectConfig): ObjectStore {
  return openStore(config, config.s3Bucket, true)
}

/** The spool as a part of a service: made at the start when it is missing. */
export function createSpoolPart(config: ObjectConfig, spool: ObjectStore): Part {
  const open = (): Promise<unknown> =>
    config.objectsDir === undefined
      ? ensureBucket(s3Options(config, config.spoolBucket), { versioning: false, objectLock: false })
      : spool.ping()
  return createConnectionPart('spool', { open, close: () => spool.close() })
}

/** Reads what others put into buckets of the same store. Nothing connects before the first call. */
export function openMediaObjects(config: ObjectConfig): ObjectReader {
  const { objectsDir } = config
  if (objectsDir !== undefined) return createDirectoryObjectReader(objectsDir)
  return createS3ObjectReader(s3Options(config, config.spoolBucket))
}

/** A bucket in a folder is a folder in it. */
function openStore(config: ObjectConfig, bucket: string, versions: boolean): ObjectStore {
  const { objectsDir } = config
  if (objectsDir !== undefined) return createDirectoryObjectStore({ root: join(objectsDir, bucket), versions })
  return createS3ObjectStore(s3Options(config, bucket))
}
