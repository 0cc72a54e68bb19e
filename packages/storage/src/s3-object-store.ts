import { createHash } from 'node:crypto'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectRetentionCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  PutObjectRetentionCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import {
  RetentionShortenedError,
  RetriableError,
  type DeleteResult,
  type ObjectHead,
  type ObjectStore,
  type PutOptions,
  type PutResult,
  type Retention,
  type StoredObject,
} from '@streamkeeper/pipeline'
import { createClient, type S3Options } from './client.js'
import { isRefused, nameOf, statusOf, toStoreError } from './store-errors.js'

/** An ObjectStore on S3. Nothing connects before the first call. */
export function createS3ObjectStore(options: S3Options): ObjectStore {
  return new S3ObjectStore(createClient(options), options.bucket)
}

class S3ObjectStore implements ObjectStore {
  readonly #client: S3Client
  readonly #bucket: string

  constructor(client: S3Client, bucket: string) {
    this.#client = client
    this.#bucket = bucket
  }

  /** The SDK does not repeat this call: on a versioned bucket a repeated PUT is a second version. */
  async put(
    key: string,
    bytes: Buffer,
    { contentType, metadata, ifAbsent, retention }: PutOptions,
  ): Promise<PutResult> {
    const sha256 = createHash('sha256').update(bytes).digest()
    try {
      const answer = await this.#client.send(
        new PutObjectCommand({
          ...this.#at(key),
          Body: bytes,
          ContentLength: bytes.length,
          ContentType: contentType,
          ChecksumSHA256: sha256.toString('base64'),
          Metadata: { ...metadata, sha256: sha256.toString('hex') },
          ...(ifAbsent === true ? { IfNoneMatch: '*' } : {}),
          ...(retention === undefined
            ? {}
            : { ObjectLockMode: retention.mode, ObjectLockRetainUntilDate: retention.until }),
        }),
      )
      const object = { key, versionId: answer.VersionId ?? 'null', sha256: sha256.toString('hex'), size: bytes.length }
      return { outcome: 'stored', object }
    } catch (error) {
      if (statusOf(error) !== 412) throw toStoreError(error, `put ${key}`)
      // Some stores count a delete marker as an object: there is nothing there to protect.
      if ((await this.head(key)) !== null) return { outcome: 'already-exists' }
      return this.put(key, bytes, {
        contentType,
        ...(metadata === undefined ? {} : { metadata }),
        ...(retention === undefined ? {} : { retention }),
      })
    }
  }

  async get(key: string, versionId?: string): Promise<{ bytes: Buffer; object: StoredObject } | null> {
    const answer = await this.#find(`get ${key}`, () =>
      this.#client.send(new GetObjectCommand({ ...this.#at(key, versionId), ChecksumMode: 'ENABLED' })),
    )
    if (answer?.Body === undefined) return null
    const bytes = await readAll(answer.Body, key)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const expected =
      answer.Metadata?.['sha256'] ??
      (answer.ChecksumSHA256 === undefined ? undefined : Buffer.from(answer.ChecksumSHA256, 'base64').toString('hex'))
    if (expected !== undefined && expected !== sha256)
      throw new Error(`get ${key}: the store gave other bytes than were put`)
    return { bytes, object: { key, versionId: answer.VersionId ?? versionId ?? 'null', sha256, size: bytes.length } }
  }

  async head(key: string, versionId?: string): Promise<ObjectHead | null> {
    const answer = await this.#find(`head ${key}`, () =>
      this.#client.send(new HeadObjectCommand({ ...this.#at(key, versionId), ChecksumMode: 'ENABLED' })),
    )
    if (answer === null) return null
    const { sha256 = '', ...metadata } = answer.Metadata ?? {}
    return {
      key,
      versionId: answer.VersionId ?? versionId ?? 'null',
      sha256,
      size: answer.ContentLength ?? 0,
      contentType: answer.ContentType ?? 'application/octet-stream',
      metadata,
      storedAt: answer.LastModified ?? new Date(0),
    }
  }

  async list(
    prefix: string,
    limit: number,
    after?: string,
  ): Promise<readonly { key: string; size: number; storedAt: Date }[]> {
    const found: { key: string; size: number; storedAt: Date }[] = []
    let start = after
    while (found.length < limit) {
      const answer = await this.#ask(`list ${prefix}`, () =>
        this.#client.send(
          new ListObjectsV2Command({
            Bucket: this.#bucket,
            Prefix: prefix,
            MaxKeys: Math.min(1_000, limit - found.length),
            ...(start === undefined ? {} : { StartAfter: start }),
          }),
        ),
      )
      for (const one of answer.Contents ?? [])
        if (one.Key !== undefined)
          found.push({ key: one.Key, size: one.Size ?? 0, storedAt: one.LastModified ?? new Date(0) })
      if (answer.IsTruncated !== true) break
      start = found.at(-1)?.key
    }
    return found
  }

  async versions(key: string): Promise<readonly StoredObject[]> {
    const answer = await this.#ask(`versions ${key}`, () =>
      this.#client.send(new ListObjectVersionsCommand({ Bucket: this.#bucket, Prefix: key })),
    )
    const own = (answer.Versions ?? []).filter((version) => version.Key === key && version.VersionId !== undefined)
    const ordered = own.toSorted((a, b) => (b.LastModified?.getTime() ?? 0) - (a.LastModified?.getTime() ?? 0))
    const heads = await Promise.all(ordered.map((version) => this.head(key, version.VersionId)))
    return heads.flatMap((head) =>
      head === null ? [] : [{ key, versionId: head.versionId, sha256: head.sha256, size: head.size }],
    )
  }

  async remove(key: string, versionId?: string): Promise<DeleteResult> {
    if ((await this.head(key, versionId)) === null) return { outcome: 'absent' }
    try {
      await this.#client.send(new DeleteObjectCommand(this.#at(key, versionId)))
      return { outcome: 'deleted' }
    } catch (error) {
      if (isRefused(error)) return { outcome: 'refused' }
      throw toStoreError(error, `remove ${key}`)
    }
  }

  async retention(key: string, versionId: string): Promise<Retention | null> {
    try {
      const { Retention: found } = await this.#client.send(new GetObjectRetentionCommand(this.#at(key, versionId)))
      if (found?.Mode === undefined || found.RetainUntilDate === undefined) return null
      return { mode: found.Mode, until: found.RetainUntilDate }
    } catch (error) {
      // A bucket without lock answers 400 or 404, by store.
      if (/NoSuchObjectLock|ObjectLockConfigurationNotFound|InvalidRequest|NoSuchKey|NoSuchVersion/.test(nameOf(error)))
        return null
      throw toStoreError(error, `retention ${key}`)
    }
  }

  async extendRetention(key: string, versionId: string, retention: Retention): Promise<void> {
    const known = await this.retention(key, versionId)
    const isWeaker = known?.mode === 'COMPLIANCE' && retention.mode === 'GOVERNANCE'
    if (known !== null && (isWeaker || known.until > retention.until)) {
      throw new RetentionShortenedError(`${key} is kept until ${known.until.toISOString()} in mode ${known.mode}`)
    }
    await this.#ask(`extend ${key}`, () =>
      this.#client.send(
        new PutObjectRetentionCommand({
          ...this.#at(key, versionId),
          Retention: { Mode: retention.mode, RetainUntilDate: retention.until },
        }),
      ),
    )
  }

  async ping(): Promise<void> {
    await this.#ask('ping', () => this.#client.send(new HeadBucketCommand({ Bucket: this.#bucket })))
  }

  close(): Promise<void> {
    this.#client.destroy()
    return Promise.resolve()
  }

  #at(key: string, versionId?: string): { Bucket: string; Key: string; VersionId?: string } {
    return { Bucket: this.#bucket, Key: key, ...(versionId === undefined ? {} : { VersionId: versionId }) }
  }

  async #ask<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (error) {
      throw toStoreError(error, what)
    }
  }

  async #find<T>(what: string, call: () => Promise<T>): Promise<T | null> {
    try {
      return await call()
    } catch (error) {
      const isAbsent = statusOf(error) === 404 || /^(NoSuchKey|NotFound|NoSuchVersion)$/.test(nameOf(error))
      if (isAbsent && nameOf(error) !== 'NoSuchBucket') return null
      throw toStoreError(error, what)
    }
  }
}

/** A connection that breaks in the middle is the store's trouble, not an answer. */
async function readAll(body: { transformToByteArray(): Promise<Uint8Array> }, key: string): Promise<Buffer> {
  try {
    const bytes = await body.transformToByteArray()
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  } catch (error) {
    throw new RetriableError(`get ${key}: the answer broke off`, { cause: error })
  }
}
