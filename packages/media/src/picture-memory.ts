import type { Picture } from './segment.js'

/** 22 MB of 720p: as many pictures as are underway at once on a machine that keeps up; more go to the garbage collector. */
const MOST_FREE = 8

/** Memory that nobody can see any more. */
const free: ArrayBuffer[] = []
/** The bytes of pictures that may come back. */
const lent = new WeakSet<Buffer>()

/**
 * Memory for a picture of so many bytes, with anything in it. New memory of 2.7 MB for each picture costs more than all else
 * that is done with it here: the collector is called for every few. Nobody has to give it back.
 */
export function borrowPictureMemory(size: number): Buffer {
  const at = free.findIndex(({ byteLength }) => byteLength === size)
  const [known] = at === -1 ? [] : free.splice(at, 1)
  const bytes = known === undefined ? Buffer.allocUnsafeSlow(size) : Buffer.from(known)
  lent.add(bytes)
  return bytes
}

/**
 * Says that nobody looks at this picture any more: its memory is used for one of the next. From now on `rgb` has no bytes, so
 * that who looks at it all the same sees no picture, never another one. Pictures from elsewhere, and those that were released
 * before, stay as they are. A picture that is never released goes to the collector.
 */
export function releasePicture({ rgb }: Pick<Picture, 'rgb'>): void {
  const { buffer: memory } = rgb
  if (!lent.delete(rgb) || !(memory instanceof ArrayBuffer)) return
  // Moves the memory and takes it away from every view of it.
  free.push(structuredClone(memory, { transfer: [memory] }))
  if (free.length > MOST_FREE) free.shift()
}
