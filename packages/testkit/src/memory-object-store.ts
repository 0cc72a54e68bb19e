import { createHash } from 'node:crypto'
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

interface Version {
  readonly head: ObjectHead
  readonly bytes: Buffer
  retention: Retention | null
}

/** `current` null: a delete marker lies on top. */
interface Entry {
  current: Version | null
  readonly versions: Version[]
}

export interface StoreFaults {
  /** While true every call throws RetriableError. */
  away: boolean
  /** So many next puts store and then throw RetriableError: the answer was lost on the way. */
  ambiguousPuts: number
}

/** An ObjectStore in memory, versioned and locking, held to the contract suite. */
export class MemoryObjectStore implements ObjectStore {
  readonly faults: StoreFaults = { away: false, ambiguousPuts: 0 }
  readonly #entries = new Map<string, Entry>()
  readonly #now: () => number
  #serial = 0

  constructor(now: () => number = () => Date.now()) {
    this.#now = now
  }

  async put(key: string, bytes: Buffer, options: PutOptions): Promise<PutResult> {
    await this.ping()
    const entry = this.#entries.get(key) ?? { current: null, versions: [] }
    if (options.ifAbsent === true && entry.current !== null) return { outcome: 'already-exists' }
    const version = this.#makeVersion(key, bytes, options)
    entry.versions.unshift(version)
    entry.current = version
    this.#entries.set(key, entry)
    if (this.faults.ambiguousPuts > 0) {
      this.faults.ambiguousPuts -= 1
      throw new RetriableError('the store took the bytes and its answer was lost')
    }
    return { outcome: 'stored', object: storedObject(version) }
  }

  async get(key: string, versionId?: string): Promise<{ bytes: Buffer; object: StoredObject } | null> {
    await this.ping()
    const version = this.#find(key, versionId)
    return version === null ? null : { bytes: Buffer.from(version.bytes), object: storedObject(version) }
  }

  async head(key: string, versionId?: string): Promise<ObjectHead | null> {
    await this.ping()
    return this.#find(key, versionId)?.head ?? null
  }

  async list(
    prefix: string,
    limit: number,
    after?: string,
  ): Promise<readonly { key: string; size: number; storedAt: Date }[]> {
    await this.ping()
    return [...this.#entries]
      .flatMap(([key, { current }]) => (current === null ? [] : [{ key, ...sizeOf(current) }]))
      .filter(({ key }) => key.startsWith(prefix) && (after === undefined || byBytes(key, after) > 0))
      .sort((a, b) => byBytes(a.key, b.key))
      .slice(0, limit)
  }

  async versions(key: string): Promise<readonly StoredObject[]> {
    await this.ping()
    return (this.#entries.get(key)?.versions ?? []).map(storedObject)
  }

  async remove(key: string, versionId?: string): Promise<DeleteResult> {
    await this.ping()
    const entry = this.#entries.get(key)
    if (versionId === undefined) return { outcome: removeView(entry) }
    const at = entry?.versions.findIndex(({ head }) => head.versionId === versionId) ?? -1
    const version = entry?.versions[at]
    if (entry === undefined || version === undefined) return { outcome: 'absent' }
    if (isKept(version, this.#now())) return { outcome: 'refused' }
    entry.versions.splice(at, 1)
    if (entry.current === version) entry.current = entry.versions[0] ?? null
    return { outcome: 'deleted' }
  }

  async retention(key: string, versionId: string): Promise<Retention | null> {
    await this.ping()
    return this.#find(key, versionId)?.retention ?? null
  }

  async extendRetention(key: string, versionId: string, retention: Retention): Promise<void> {
    await this.ping()
    const version = this.#find(key, versionId)
    if (version === null) throw new Error(`${key}: no version ${versionId}`)
    const held = version.retention
    if (held !== null && isShorter(retention, held))
      throw new RetentionShortenedError(`${key}: kept until ${held.until.toISOString()}`)
    version.retention = retention
  }

  async ping(): Promise<void> {
    await Promise.resolve()
    if (this.faults.away) throw new RetriableError('the store is away')
  }

  async close(): Promise<void> {
    await Promise.resolve()
  }

  #makeVersion(key: string, bytes: Buffer, options: PutOptions): Version {
    this.#serial += 1
    const copy = Buffer.from(bytes)
    const head = {
      key,
      versionId: `v${this.#serial}`,
      sha256: createHash('sha256').update(copy).digest('hex'),
      size: copy.length,
      contentType: options.contentType,
      metadata: { ...options.metadata },
      storedAt: new Date(this.#now()),
    }
    return { head, bytes: copy, retention: options.retention ?? null }
  }

  #find(key: string, versionId?: string): Version | null {
    const entry = this.#entries.get(key)
    if (versionId === undefined) return entry?.current ?? null
    return entry?.versions.find(({ head }) => head.versionId === versionId) ?? null
  }
}

function storedObject({ head }: Version): StoredObject {
  return { key: head.key, versionId: head.versionId, sha256: head.sha256, size: head.size }
}

function sizeOf({ head }: Version): { size: number; storedAt: Date } {
  return { size: head.size, storedAt: head.storedAt }
}

function removeView(entry: Entry | undefined): 'deleted' | 'absent' {
  if (entry === undefined || entry.current === null) return 'absent'
  entry.current = null
  return 'deleted'
}

function isKept({ retention }: Version, now: number): boolean {
  return retention !== null && retention.until.getTime() > now
}

function isShorter(wanted: Retention, held: Retention): boolean {
  return wanted.until < held.until || (held.mode === 'COMPLIANCE' && wanted.mode !== 'COMPLIANCE')
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
