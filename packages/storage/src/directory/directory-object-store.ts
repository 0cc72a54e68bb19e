import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  RetentionShortenedError,
  type DeleteResult,
  type ObjectHead,
  type ObjectStore,
  type PutOptions,
  type PutResult,
  type Retention,
  type StoredObject,
} from '@streamkeeper/pipeline'
import { isFolderGone, toDirectoryError } from './directory-errors.js'
import { Drafts } from './drafts.js'
import { linkOnce, namesIn, readOrNull, removeFiles, syncFolder } from './files.js'
import { keyOfPath, pathOfKey } from './key-path.js'
import { removeWhole } from './remove-whole.js'
import { parseHead, parseRetention, writeHead, type HeadFile } from './version-files.js'

const putAttempts = 5

/** What an operator and an auditor must be told of such a store. */
export const directoryWarning =
  'Objects lie in a folder of this machine. Whoever may write there can delete them: this has no legal force as retention.'

export interface DirectoryStoreOptions {
  /** Made when it is missing. */
  readonly root: string
  /** Without versions what is removed is gone, as in a bucket that keeps none; default true. */
  readonly versions?: boolean
  readonly now?: () => number
}

/**
 * An ObjectStore in a folder: versions, conditional writes, retention that this store itself respects. Several processes
 * may use it at once. Bytes are on disk, and their folder is, before a put resolves.
 */
export function createDirectoryObjectStore(options: DirectoryStoreOptions): ObjectStore {
  return new DirectoryObjectStore(options)
}

class DirectoryObjectStore implements ObjectStore {
  readonly #objects: string
  readonly #drafts: Drafts
  readonly #now: () => number
  readonly #keepsVersions: boolean
  #serial = 0

  constructor({ root, versions = true, now = Date.now }: DirectoryStoreOptions) {
    this.#keepsVersions = versions
    this.#objects = join(root, 'objects')
    this.#drafts = new Drafts(join(root, 'drafts'))
    this.#now = now
  }

  put(key: string, bytes: Buffer, options: PutOptions): Promise<PutResult> {
    return this.#ask(`put ${key}`, () => this.#put(key, bytes, options))
  }

  async #put(key: string, bytes: Buffer, options: PutOptions, attempt = 1): Promise<PutResult> {
    const folder = this.#folderOf(key)
    const head = this.#headOf(key, bytes, options)
    const draft = await this.#drafts.write(writeHead(head))
    try {
      await mkdir(folder, { recursive: true })
      await this.#place(bytes, join(folder, `${head.versionId}.bin`), options.retention === undefined ? 0o644 : 0o444)
      if (options.retention !== undefined) await this.#writeRetention(folder, head.versionId, options.retention)
      const isStored = await this.#makeCurrent(folder, head.versionId, { draft, ifAbsent: options.ifAbsent === true })
      if (!isStored) await removeFiles(folder, head.versionId)
      await syncFolder(folder)
      return isStored ? { outcome: 'stored', object: storedOf(head) } : { outcome: 'already-exists' }
    } catch (error) {
      // Its folder went, by a remove of the same key or of the last key beside it: so it begins anew.
      if (isFolderGone(error) && attempt < putAttempts) return await this.#put(key, bytes, options, attempt + 1)
      throw error
    } finally {
      await rm(draft, { force: true })
    }
  }

  get(key: string, versionId?: string): Promise<{ bytes: Buffer; object: StoredObject } | null> {
    return this.#ask(`get ${key}`, async () => {
      const head = await this.#find(key, versionId)
      if (head === null) return null
      const bytes = await readOrNull(join(this.#folderOf(key), `${head.versionId}.bin`))
      if (bytes === null) return null
      if (digest(bytes) !== head.sha256) throw new Error(`${key}: other bytes lie there than were written`)
      return { bytes, object: storedOf(head) }
    })
  }

  head(key: string, versionId?: string): Promise<ObjectHead | null> {
    return this.#ask(`head ${key}`, () => this.#find(key, versionId))
  }

  /** Reads every name below the prefix's folder: for pages of thousands, not for millions. */
  list(
    prefix: string,
    limit: number,
    after?: string,
  ): Promise<readonly { key: string; size: number; storedAt: Date }[]> {
    return this.#ask(`list ${prefix}`, async () => {
      const above = prefix.includes('/') ? pathOfKey(prefix.slice(0, prefix.lastIndexOf('/'))) : []
      const start = above.map((name, at) => (at === above.length - 1 ? name.slice(0, -1) : name))
      const keys = (await this.#keysBelow(start)).filter(
        (key) => key.startsWith(prefix) && (after === undefined || byBytes(key, after) > 0),
      )
      const found: { key: string; size: number; storedAt: Date }[] = []
      for (const key of keys.sort(byBytes)) {
        if (found.length >= limit) break
        const head = await this.#find(key)
        if (head !== null) found.push({ key, size: head.size, storedAt: head.storedAt })
      }
      return found
    })
  }

  versions(key: string): Promise<readonly StoredObject[]> {
    return this.#ask(`versions ${key}`, async () => (await this.#heads(key)).map(storedOf))
  }

  remove(key: string, versionId?: string): Promise<DeleteResult> {
    return this.#ask(`remove ${key}`, async () => {
      const folder = this.#folderOf(key)
      const current = await this.#find(key)
      if (versionId === undefined) {
        if (current === null) return { outcome: 'absent' }
        if (!this.#keepsVersions) return this.#removeWhole(folder)
        // The version stays: it must stand by itself before the view of it goes.
        await linkOnce(join(folder, 'current'), join(folder, `${current.versionId}.json`))
        await rm(join(folder, 'current'), { force: true })
        await syncFolder(folder)
        return { outcome: 'deleted' }
      }
      if ((await this.#find(key, versionId)) === null) return { outcome: 'absent' }
      const kept = await this.#retentionOf(folder, versionId)
      if (kept !== null && kept.until.getTime() > this.#now()) return { outcome: 'refused' }
      await rm(join(folder, `${versionId}.json`), { force: true })
      if (current?.versionId === versionId) await this.#showNewest(key, versionId)
      await removeFiles(folder, versionId)
      await syncFolder(folder)
      return { outcome: 'deleted' }
    })
  }

  async #removeWhole(folder: string): Promise<DeleteResult> {
    const trash = { root: this.#objects, trash: this.#drafts.folder }
    return { outcome: (await removeWhole(folder, trash)) ? 'deleted' : 'absent' }
  }

  retention(key: string, versionId: string): Promise<Retention | null> {
    return this.#ask(`retention ${key}`, () => this.#retentionOf(this.#folderOf(key), versionId))
  }

  extendRetention(key: string, versionId: string, retention: Retention): Promise<void> {
    return this.#ask(`extend ${key}`, async () => {
      const folder = this.#folderOf(key)
      if ((await this.#find(key, versionId)) === null) throw new Error(`${key}: there is no version ${versionId}`)
      const known = await this.#retentionOf(folder, versionId)
      const isWeaker = known?.mode === 'COMPLIANCE' && retention.mode === 'GOVERNANCE'
      if (known !== null && (isWeaker || known.until > retention.until))
        throw new RetentionShortenedError(`${key} is kept until ${known.until.toISOString()} in mode ${known.mode}`)
      await chmod(join(folder, `${versionId}.bin`), 0o444)
      await this.#writeRetention(folder, versionId, retention)
      await syncFolder(folder)
    })
  }

  ping(): Promise<void> {
    return this.#ask('ping', async () => {
      await mkdir(this.#objects, { recursive: true })
      await readdir(this.#objects)
      await this.#drafts.sweep()
    })
  }

  async close(): Promise<void> {
    await Promise.resolve()
  }

  async #ask<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw toDirectoryError(error, what)
    }
  }

  #folderOf(key: string): string {
    return join(this.#objects, ...pathOfKey(key))
  }

  /** Ids rise with time, and within a process with every write. */
  #headOf(key: string, bytes: Buffer, { contentType, metadata = {} }: PutOptions): HeadFile {
    this.#serial += 1
    const at = this.#now()
    const order = `${String(at).padStart(15, '0')}-${String(this.#serial).padStart(9, '0')}`
    return {
      key,
      versionId: `${order}-${randomBytes(6).toString('hex')}`,
      sha256: digest(bytes),
      size: bytes.length,
      contentType,
      metadata: { ...metadata },
      storedAt: new Date(at),
    }
  }

  async #place(bytes: Buffer, path: string, mode?: number): Promise<void> {
    await rename(await this.#drafts.write(bytes, mode), path)
  }

  /** The head is one file under two names: the version's own, and `current`. False when another writer was first. */
  async #makeCurrent(
    folder: string,
    versionId: string,
    { draft, ifAbsent }: { readonly draft: string; readonly ifAbsent: boolean },
  ): Promise<boolean> {
    const own = join(folder, `${versionId}.json`)
    if (ifAbsent) {
      if (!(await linkOnce(draft, join(folder, 'current')))) return false
      await linkOnce(draft, own)
      return true
    }
    await linkOnce(draft, own)
    await rename(await this.#drafts.twin(draft), join(folder, 'current'))
    return true
  }

  async #showNewest(key: string, gone: string): Promise<void> {
    const folder = this.#folderOf(key)
    const next = (await this.#heads(key)).find((head) => head.versionId !== gone)
    if (next === undefined) return rm(join(folder, 'current'), { force: true })
    await this.#place(writeHead(next), join(folder, 'current'))
  }

  async #find(key: string, versionId?: string): Promise<HeadFile | null> {
    const folder = this.#folderOf(key)
    const current = parseHead(await readOrNull(join(folder, 'current')))
    if (versionId === undefined || current?.versionId === versionId) return current
    // Ids come from outside: only what could be one of ours becomes a file name.
    if (!/^[0-9a-f-]{1,64}$/.test(versionId)) return null
    return parseHead(await readOrNull(join(folder, `${versionId}.json`)))
  }

  /** Newest first. */
  async #heads(key: string): Promise<HeadFile[]> {
    const folder = this.#folderOf(key)
    const names = await namesIn(folder)
    const ids = new Set(names.flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -'.json'.length)] : [])))
    const current = parseHead(await readOrNull(join(folder, 'current')))
    if (current !== null) ids.add(current.versionId)
    const heads = await Promise.all(
      [...ids]
        .sort()
        .reverse()
        .map((id) => this.#find(key, id)),
    )
    return heads.flatMap((head) => head ?? [])
  }

  async #retentionOf(folder: string, versionId: string): Promise<Retention | null> {
    if (!/^[0-9a-f-]{1,64}$/.test(versionId)) return null
    return parseRetention(await readOrNull(join(folder, `${versionId}.keep`)))
  }

  #writeRetention(folder: string, versionId: string, { mode, until }: Retention): Promise<void> {
    const text = `${JSON.stringify({ mode, until: until.toISOString() })}\n`
    return this.#place(Buffer.from(text), join(folder, `${versionId}.keep`))
  }

  async #keysBelow(path: readonly string[]): Promise<string[]> {
    const keys: string[] = []
    for (const name of await namesIn(join(this.#objects, ...path))) {
      const here = [...path, name]
      const key = keyOfPath(here)
      if (key !== null) keys.push(key)
      else if (!name.includes('.') && name !== 'current') keys.push(...(await this.#keysBelow(here)))
    }
    return keys
  }
}

function storedOf({ key, versionId, sha256, size }: HeadFile): StoredObject {
  return { key, versionId, sha256, size }
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
