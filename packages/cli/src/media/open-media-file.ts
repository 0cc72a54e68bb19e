import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import type { MediaType } from '@streamkeeper/media'
import { detectContainer } from './detect-container.js'

export interface MediaFile {
  /** Absolute, without links. */
  readonly path: string
  /** In bytes. */
  readonly size: number
  /** Of all of it, hex. */
  readonly sha256: string
  /** By its first bytes; null for what is none of those that are taken. */
  readonly container: MediaType | null
}

/** Enough for what a container is known by. */
const headBytes = 1_024

/** Reads through a file of any size, without waiting for a pipe's writer. Throws an Error that says why it cannot be read. */
export async function openMediaFile(path: string): Promise<MediaFile> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const found = await handle.stat()
    if (!found.isFile()) throw new Error('not a regular file')
    const hash = createHash('sha256')
    const head: Buffer[] = []
    let size = 0
    for await (const chunk of handle.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
      if (size < headBytes) head.push(chunk)
      hash.update(chunk)
      size += chunk.length
    }
    const container = size < 8 ? null : detectContainer(Buffer.concat(head))
    return { path: await realpath(path), size, sha256: hash.digest('hex'), container }
  } finally {
    await handle.close()
  }
}
