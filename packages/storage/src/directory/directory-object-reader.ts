import { join } from 'node:path'
import type { ObjectReader } from '../object-reader.js'
import { createDirectoryObjectStore } from './directory-object-store.js'

/** The reader on folders of one machine: a bucket is a folder under `root`. */
export function createDirectoryObjectReader(root: string): ObjectReader {
  return {
    read: async ({ bucket, key }, { maxBytes, signal }) => {
      signal.throwIfAborted()
      const store = createDirectoryObjectStore({ root: join(root, bucket) })
      const head = await store.head(key)
      if (head !== null && head.size > maxBytes) return { kind: 'too-large', size: head.size }
      // By version: these very bytes, which are as many as was said.
      const found = head === null ? null : await store.get(key, head.versionId)
      return found === null ? { kind: 'absent', reason: 'NoSuchKey' } : { kind: 'found', bytes: found.bytes }
    },
    close: () => Promise.resolve(),
  }
}
