import { Socket } from 'node:net'
import type { Readable } from 'node:stream'

export interface Filling {
  /** Where the next bytes go; never empty. */
  space(): Buffer
  /** So many bytes are in what `space` gave last. */
  take(count: number): void
}

/**
 * Reads what a child writes straight into memory of the caller. A pipe of `spawn` gives 43 new buffers of 64 KiB for a picture of
 * 2.7 MB, whose collecting cost more than the reading. Node reads into memory of one's own (`onread` of net.Socket), but spawn does
 * not hand that on: so a second socket takes over what the pipe holds. Where that cannot be had, bytes are copied.
 */
export function readInto(pipe: Readable, filling: Filling): void {
  const handle: unknown = Reflect.get(pipe, '_handle')
  if (!readsIntoMemory(handle)) return void pipe.on('data', (chunk: Buffer) => copyInto(chunk, filling))
  Reflect.set(pipe, '_handle', null)
  const onread = {
    buffer: () => filling.space(),
    callback: (count: number) => {
      filling.take(count)
      return true
    },
  }
  const options = { handle, readable: true, writable: false, onread }
  const socket = new Socket(options)
  socket.on('error', (error) => pipe.destroy(error))
  // The child is through when its pipes are.
  socket.on('close', () => pipe.destroy())
  pipe.on('close', () => socket.destroy())
  socket.resume()
}

function readsIntoMemory(handle: unknown): handle is object {
  return typeof handle === 'object' && handle !== null && typeof Reflect.get(handle, 'useUserBuffer') === 'function'
}

/** Bytes cut anywhere, as if they had been read into the caller's memory. */
export function copyInto(chunk: Buffer, filling: Filling): void {
  for (let at = 0; at < chunk.length;) {
    const copied = chunk.copy(filling.space(), 0, at)
    at += copied
    filling.take(copied)
  }
}
