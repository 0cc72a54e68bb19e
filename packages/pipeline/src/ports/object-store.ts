/** The ObjectStore port: named, versioned bytes, with retention where the store can lock. Buffers only, never streams. */

export interface Retention {
  readonly mode: 'COMPLIANCE' | 'GOVERNANCE'
  readonly until: Date
}

export interface PutOptions {
  readonly contentType: string
  /** Lower-case keys, ASCII values, 2 KB in all. */
  readonly metadata?: Readonly<Record<string, string>>
  /** Fail with ALREADY_EXISTS when the key has a current version. */
  readonly ifAbsent?: boolean
  readonly retention?: Retention
}

export interface StoredObject {
  readonly key: string
  /** Opaque; identifies these very bytes for good. */
  readonly versionId: string
  /** Lower-case hex SHA-256 of the stored bytes. */
  readonly sha256: string
  readonly size: number
}

export interface ObjectHead extends StoredObject {
  readonly contentType: string
  readonly metadata: Readonly<Record<string, string>>
  readonly storedAt: Date
}

export type PutResult =
  | { readonly outcome: 'stored'; readonly object: StoredObject }
  | { readonly outcome: 'already-exists' }

export interface DeleteResult {
  /** `refused` when retention or a hold forbids it. */
  readonly outcome: 'deleted' | 'absent' | 'refused'
}

/** Every method throws a RetriableError when the store is away or answers ambiguously. */
export interface ObjectStore {
  put(key: string, bytes: Buffer, options: PutOptions): Promise<PutResult>
  /** The bytes of a version (default: the current one), checked against the store's checksum; null when absent. */
  get(key: string, versionId?: string): Promise<{ bytes: Buffer; object: StoredObject } | null>
  head(key: string, versionId?: string): Promise<ObjectHead | null>
  /** Keys under a prefix in byte order, at most `limit`, after `after` (exclusive). */
  list(prefix: string, limit: number, after?: string): Promise<readonly { key: string; size: number; storedAt: Date }[]>
  /** All versions of a key, newest first; delete markers are left out. */
  versions(key: string): Promise<readonly StoredObject[]>
  /** Without a version: removes the current view of the key (a marker on a versioned store). With one: destroys that version. */
  remove(key: string, versionId?: string): Promise<DeleteResult>
  retention(key: string, versionId: string): Promise<Retention | null>
  /** Only ever lengthens; throws RetentionShortenedError otherwise. */
  extendRetention(key: string, versionId: string, retention: Retention): Promise<void>
  /** Throws when the store does not answer or the bucket is missing. */
  ping(): Promise<void>
  close(): Promise<void>
}
