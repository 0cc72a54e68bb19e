export type { S3Options } from './client.js'
export {
  createDirectoryObjectStore,
  directoryWarning,
  type DirectoryStoreOptions,
} from './directory/directory-object-store.js'
export { createDirectoryObjectReader } from './directory/directory-object-reader.js'
export { ensureBucket, type BucketDifference, type BucketShape } from './ensure-bucket.js'
export { createS3ObjectReader, type ObjectReader } from './object-reader.js'
export { probeLock, type LockCheck, type LockVerdict } from './probe-lock.js'
export { createS3ObjectStore } from './s3-object-store.js'
