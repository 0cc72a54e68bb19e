import { createHash, randomUUID } from 'node:crypto'
import { RetentionShortenedError, type ObjectStore, type PutResult, type StoredObject } from '@streamkeeper/pipeline'

export interface ObjectStoreSuite {
  /** Called once. The store must be empty below the keys that the suite makes, which all start with a random folder. */
  makeStore(): Promise<{ store: ObjectStore; cleanup: () => Promise<void> }>
  /** False for a store that says of itself that it cannot lock; then the retention tests are left out. */
  readonly locks: boolean
  readonly timeoutMs?: number
}

const text = { contentType: 'text/plain' }
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** What every ObjectStore must do. Leaves behind only versions that are locked for some seconds. */
export function describeObjectStore(name: string, suite: ObjectStoreSuite): void {
  const timeout = suite.timeoutMs ?? 30_000
  describe(`ObjectStore contract: ${name}`, () => {
    let store: ObjectStore
    let cleanup: () => Promise<void>
    const folder = `contract-${randomUUID()}`
    let serial = 0
    const newKey = (): string => `${folder}/${(serial += 1)}`
    const put = async (key: string, value: string | Buffer, more = {}): Promise<StoredObject> => {
      const result = await store.put(key, Buffer.from(value), { ...text, ...more })
      if (result.outcome !== 'stored') throw new Error(`${key}: ${result.outcome}`)
      return result.object
    }
    const until = (seconds: number): Date => new Date(Math.ceil(Date.now() / 1000 + seconds) * 1000)

    beforeAll(async () => {
      ;({ store, cleanup } = await suite.makeStore())
    }, 60_000)
    afterAll(() => cleanup())

    it(
      'answers a ping',
      async () => {
        await store.ping()
      },
      timeout,
    )

    it.each([
      ['empty', Buffer.alloc(0)],
      ['every byte value', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
      ['9 MiB', Buffer.alloc(9 * 1024 * 1024, 'media ')],
    ])(
      'gives back the bytes that it got, and their SHA-256: %s',
      async (_label, bytes) => {
        const key = newKey()
        const object = await put(key, bytes)
        expect(object).toEqual({ key, versionId: expect.any(String), sha256: sha256(bytes), size: bytes.length })
        const found = await store.get(key)
        expect(found?.object).toEqual(object)
        expect(found?.bytes.equals(bytes)).toBe(true)
        expect((await store.get(key, object.versionId))?.bytes.equals(bytes)).toBe(true)
      },
      timeout,
    )

    it(
      'is not touched by what becomes of the buffer afterwards',
      async () => {
        const key = newKey()
        const bytes = Buffer.from('before')
        await put(key, bytes)
        bytes.fill(0)
        const found = await store.get(key)
        found?.bytes.fill(0)
        expect((await store.get(key))?.bytes.toString()).toBe('before')
      },
      timeout,
    )

    it(
      'keeps content type, metadata, size and time',
      async () => {
        const key = newKey()
        const before = Date.now()
        const object = await store.put(key, Buffer.from('x'), {
          contentType: 'video/mp2t',
          metadata: { 'first-offset': '17', stream: 's:1~a' },
        })
        const head = await store.head(key)
        expect(head).toMatchObject({
          ...(object.outcome === 'stored' ? object.object : {}),
          contentType: 'video/mp2t',
          metadata: { 'first-offset': '17', stream: 's:1~a' },
        })
        expect(Math.abs((head?.storedAt.getTime() ?? 0) - before)).toBeLessThan(60_000)
      },
      timeout,
    )

    it(
      'has null for what is absent',
      async () => {
        const key = newKey()
        expect(await store.get(key)).toBeNull()
        expect(await store.head(key)).toBeNull()
        expect(await store.versions(key)).toEqual([])
        expect(await store.remove(key)).toEqual({ outcome: 'absent' })
        const object = await put(key, 'x')
        const other = await put(newKey(), 'y')
        expect(object.versionId).not.toBe('')
        expect(await store.get(key, other.versionId)).toBeNull()
      },
      timeout,
    )

    it(
      'lets one of 20 writers win with ifAbsent',
      async () => {
        const key = newKey()
        const writers = Array.from({ length: 20 }, (_, n) =>
          store.put(key, Buffer.from(`writer ${n}`), { ...text, ifAbsent: true }),
        )
        const results: PutResult[] = await Promise.all(writers)
        const winners = results.flatMap((result, n) => (result.outcome === 'stored' ? [n] : []))
        expect(winners).toHaveLength(1)
        expect((await store.get(key))?.bytes.toString()).toBe(`writer ${winners[0]}`)
        expect(await store.versions(key)).toHaveLength(1)
        expect(await store.put(key, Buffer.from('late'), { ...text, ifAbsent: true })).toEqual({
          outcome: 'already-exists',
        })
      },
      timeout,
    )

    it(
      'keeps every version under its own id, newest first',
      async () => {
        const key = newKey()
        const first = await put(key, 'one')
        const second = await put(key, 'two')
        expect(second.versionId).not.toBe(first.versionId)
        expect(await store.versions(key)).toEqual([second, first])
        expect((await store.get(key))?.bytes.toString()).toBe('two')
        expect((await store.get(key, first.versionId))?.bytes.toString()).toBe('one')
        expect((await store.head(key, first.versionId))?.sha256).toBe(first.sha256)
      },
      timeout,
    )

    it(
      'removes the view and keeps the version; removes a version by its id',
      async () => {
        const key = newKey()
        const object = await put(key, 'one')
        expect(await store.remove(key)).toEqual({ outcome: 'deleted' })
        expect(await store.get(key)).toBeNull()
        expect(await store.head(key)).toBeNull()
        expect(await store.list(key, 10)).toEqual([])
        expect((await store.get(key, object.versionId))?.bytes.toString()).toBe('one')
        expect(await store.versions(key)).toEqual([object])
        const again = await store.put(key, Buffer.from('two'), { ...text, ifAbsent: true })
        expect(again.outcome).toBe('stored')
        expect(await store.remove(key, object.versionId)).toEqual({ outcome: 'deleted' })
        expect(await store.get(key, object.versionId)).toBeNull()
        expect((await store.get(key))?.bytes.toString()).toBe('two')
      },
      timeout,
    )

    it(
      'lists in byte order, page by page',
      async () => {
        const at = `${newKey()}/list/`
        const names = ['B', 'a-b', 'a/b', 'a/c', 'a0', 'b', 'z', 'é', '名']
        const shuffled = names.toSorted((x, y) => sha256(Buffer.from(x)).localeCompare(sha256(Buffer.from(y))))
        for (const name of shuffled) await put(at + name, name)
        await put(`${at.slice(0, -1)}-beside`, 'not below the prefix')
        const all = await store.list(at, 100)
        expect(all.map(({ key }) => key.slice(at.length))).toEqual(names)
        expect(all[0]).toEqual({ key: `${at}B`, size: 1, storedAt: expect.any(Date) })
        const pages: string[][] = []
        for (let after: string | undefined; pages.length < 10;) {
          const page = await store.list(at, 4, after)
          pages.push(page.map(({ key }) => key.slice(at.length)))
          after = page.at(-1)?.key
          if (page.length < 4) break
        }
        expect(pages).toEqual([names.slice(0, 4), names.slice(4, 8), names.slice(8)])
        expect(await store.list(`${at}none`, 10)).toEqual([])
      },
      timeout,
    )

    it.each(['a b', 'a+b%20c', 'x&y=z?', `quote'"`, 's:1~a@b', '直播/主播-1', 'é', 'a#b', 'tile/x001/234'])(
      'takes the key %j as it is',
      async (odd) => {
        const key = `${newKey()}/${odd}`
        const object = await put(key, odd)
        expect(object.key).toBe(key)
        expect((await store.get(key))?.bytes.toString()).toBe(odd)
        expect((await store.list(key, 10)).map((item) => item.key)).toEqual([key])
        expect(await store.versions(key)).toEqual([object])
      },
      timeout,
    )

    it(
      'has no retention where none was asked for',
      async () => {
        const key = newKey()
        const object = await put(key, 'x')
        expect(await store.retention(key, object.versionId)).toBeNull()
      },
      timeout,
    )

    const itLocks = suite.locks ? it : it.skip

    itLocks(
      'refuses to delete a version under retention, whatever lies above it',
      async () => {
        const key = newKey()
        const retention = { mode: 'COMPLIANCE', until: until(20) } as const
        const object = await put(key, 'kept', { retention })
        expect(await store.retention(key, object.versionId)).toEqual(retention)
        expect(await store.remove(key, object.versionId)).toEqual({ outcome: 'refused' })
        await put(key, 'newer')
        expect(await store.remove(key)).toEqual({ outcome: 'deleted' })
        expect(await store.remove(key, object.versionId)).toEqual({ outcome: 'refused' })
        expect(await store.retention(key, object.versionId)).toEqual(retention)
        expect((await store.get(key, object.versionId))?.bytes.toString()).toBe('kept')
      },
      timeout,
    )

    itLocks(
      'lengthens a retention and never shortens it',
      async () => {
        const key = newKey()
        const object = await put(key, 'kept', { retention: { mode: 'COMPLIANCE', until: until(15) } })
        const longer = { mode: 'COMPLIANCE', until: until(30) } as const
        await store.extendRetention(key, object.versionId, longer)
        const shorter = { mode: 'COMPLIANCE', until: until(10) } as const
        await expect(store.extendRetention(key, object.versionId, shorter)).rejects.toBeInstanceOf(
          RetentionShortenedError,
        )
        const weaker = { mode: 'GOVERNANCE', until: until(60) } as const
        await expect(store.extendRetention(key, object.versionId, weaker)).rejects.toBeInstanceOf(
          RetentionShortenedError,
        )
        expect(await store.retention(key, object.versionId)).toEqual(longer)
      },
      timeout,
    )

    itLocks(
      'puts a retention on a version that had none',
      async () => {
        const key = newKey()
        const object = await put(key, 'x')
        await store.extendRetention(key, object.versionId, { mode: 'COMPLIANCE', until: until(15) })
        expect(await store.remove(key, object.versionId)).toEqual({ outcome: 'refused' })
      },
      timeout,
    )
  })
}
