import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeObjectStore } from '@streamkeeper/testkit'
import { createDirectoryObjectStore } from './directory-object-store.js'
import { pathOfKey } from './key-path.js'

const text = { contentType: 'text/plain' }
const folders: string[] = []
const newRoot = async (): Promise<string> => {
  const root = await mkdtemp(join(tmpdir(), 'directory-store-'))
  folders.push(root)
  return root
}
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

describeObjectStore('directory', {
  locks: true,
  makeStore: async () => {
    const store = createDirectoryObjectStore({ root: await newRoot() })
    return { store, cleanup: () => store.close() }
  },
})

const fileOf = (root: string, key: string, name: string): string => join(root, 'objects', ...pathOfKey(key), name)

it('keeps keys that are prefixes of each other, of other case, very long, and that look like a way out', async () => {
  const root = await newRoot()
  const store = createDirectoryObjectStore({ root })
  const keys = ['t', 't/u', 'T', '../../escape', '.', 'a//b', '', 'x'.repeat(600), '@', '+', '='].toSorted()
  for (const key of keys) await store.put(key, Buffer.from(key), text)
  for (const key of keys) expect((await store.get(key))?.bytes.toString()).toBe(key)
  expect((await store.list('', 100)).map((one) => one.key).toSorted()).toEqual(keys)
  expect((await readdir(root)).toSorted()).toEqual(['drafts', 'objects'])
})

it('leaves no draft behind, and keeps a retained file read-only', async () => {
  const root = await newRoot()
  const store = createDirectoryObjectStore({ root })
  const until = new Date(Date.now() + 60_000)
  const put = await store.put('k', Buffer.from('1'), { ...text, retention: { mode: 'COMPLIANCE', until } })
  await store.put('k', Buffer.from('2'), { ...text, ifAbsent: true })
  expect(await readdir(join(root, 'drafts'))).toEqual([])
  const id = put.outcome === 'stored' ? put.object.versionId : ''
  expect((await stat(fileOf(root, 'k', `${id}.bin`))).mode & 0o777).toBe(0o444)
})

it('notices bytes that rotted, and a head that did', async () => {
  const root = await newRoot()
  const store = createDirectoryObjectStore({ root })
  const put = await store.put('k', Buffer.from('sound'), text)
  const id = put.outcome === 'stored' ? put.object.versionId : ''
  await writeFile(fileOf(root, 'k', `${id}.bin`), 'rotten')
  await expect(store.get('k')).rejects.toThrow('other bytes')
  await writeFile(fileOf(root, 'k', 'current'), '{}')
  await expect(store.get('k')).rejects.toThrow('spoiled')
})

it('a put that crashed before it became current is no object, and can be done again', async () => {
  const root = await newRoot()
  const store = createDirectoryObjectStore({ root })
  await store.put('k/other', Buffer.from('x'), text)
  await store.put('k', Buffer.from('x'), text)
  await store.remove('k')
  await writeFile(fileOf(root, 'k', '000-half.bin'), 'half')
  expect(await store.get('k')).toBeNull()
  expect(await store.put('k', Buffer.from('whole'), { ...text, ifAbsent: true })).toMatchObject({ outcome: 'stored' })
  expect((await store.get('k'))?.bytes.toString()).toBe('whole')
})

describe('without versions', () => {
  it('what is removed is gone, to the last byte and folder', async () => {
    const root = await newRoot()
    const store = createDirectoryObjectStore({ root, versions: false })
    for (const key of ['a/b/1', 'a/b/2']) await store.put(key, Buffer.from(key), text)
    await store.put('a/b/1', Buffer.from('again'), text)
    expect(await store.remove('a/b/1')).toEqual({ outcome: 'deleted' })
    expect(await store.versions('a/b/1')).toEqual([])
    expect((await store.get('a/b/2'))?.bytes.toString()).toBe('a/b/2')
    expect(await store.remove('a/b/2')).toEqual({ outcome: 'deleted' })
    expect(await store.remove('a/b/2')).toEqual({ outcome: 'absent' })
    expect(await readdir(join(root, 'objects'))).toEqual([])
    expect(await readdir(join(root, 'drafts'))).toEqual([])
  })

  it('writers and removers of neighbours never disturb each other', async () => {
    const store = createDirectoryObjectStore({ root: await newRoot(), versions: false })
    const work = async (lane: number): Promise<void> => {
      for (let n = 0; n < 60; n += 1) {
        const key = `stream/${lane}-${n}`
        expect(await store.put(key, Buffer.from(key), { ...text, ifAbsent: true })).toMatchObject({ outcome: 'stored' })
        expect((await store.get(key))?.bytes.toString()).toBe(key)
        expect(await store.remove(key)).toEqual({ outcome: 'deleted' })
      }
    }
    await Promise.all([0, 1, 2, 3].map(work))
    expect(await store.list('', 10)).toEqual([])
    // Each put waits for the disk a few times.
  }, 60_000)
})

it('sweeps the drafts of writers that died, and not those of the living', async () => {
  const root = await newRoot()
  const store = createDirectoryObjectStore({ root })
  await store.put('k', Buffer.from('x'), text)
  const [dead, alive] = [join(root, 'drafts', 'dead'), join(root, 'drafts', 'alive')]
  for (const path of [dead, alive]) await writeFile(path, '')
  const longAgo = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000)
  await utimes(dead, longAgo, longAgo)
  await store.ping()
  expect(await readdir(join(root, 'drafts'))).toEqual(['alive'])
})

it('takes no version id for a way to another file', async () => {
  const store = createDirectoryObjectStore({ root: await newRoot() })
  await store.put('k', Buffer.from('x'), text)
  expect(await store.get('k', '../../../etc/passwd')).toBeNull()
  expect(await store.retention('k', '../current')).toBeNull()
})
