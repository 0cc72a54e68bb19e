import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDirectoryObjectReader } from './directory-object-reader.js'
import { createDirectoryObjectStore } from './directory-object-store.js'

it('reads from the folder of a bucket, no longer than it may be, and finds nothing where nothing is', async () => {
  const root = await mkdtemp(join(tmpdir(), 'directory-reader-'))
  const store = createDirectoryObjectStore({ root: join(root, 'media') })
  const bytes = Buffer.alloc(1_000, 'media')
  await store.put('a/0.ts', bytes, { contentType: 'video/mp2t' })
  await store.put('long', Buffer.alloc(1_001), { contentType: 'video/mp2t' })
  const reader = createDirectoryObjectReader(root)
  const limits = { maxBytes: 1_000, signal: new AbortController().signal }
  const read = (key: string, bucket = 'media') => reader.read({ bucket, key }, limits)
  expect(await read('a/0.ts')).toEqual({ kind: 'found', bytes })
  expect(await read('long')).toEqual({ kind: 'too-large', size: 1_001 })
  for (const [key, bucket] of [['none'], ['a/0.ts', 'none'], ['../media/a/0.ts', 'none']] as const)
    expect(await read(key, bucket)).toEqual({ kind: 'absent', reason: 'NoSuchKey' })
  const aborted = { ...limits, signal: AbortSignal.abort(new Error('fenced')) }
  await expect(reader.read({ bucket: 'media', key: 'long' }, aborted)).rejects.toThrow('fenced')
  await Promise.all([reader.close(), store.close()])
  await rm(root, { recursive: true, force: true })
})
