import { RetriableError } from '@streamkeeper/pipeline'

/** The disk is full, busy, away or read-only for now: an operator mends it, and the write is tried again. */
const passing = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EMFILE', 'ENFILE', 'EBUSY', 'ESTALE', 'EACCES', 'EPERM'])

/** By shape: errors of the file system may come from another realm. */
export function codeOf(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : ''
  return typeof code === 'string' ? code : ''
}

/** A folder that was removed meanwhile; while it is being made that comes as ENOTDIR. */
export function isFolderGone(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error))
}

export function toDirectoryError(error: unknown, what: string): unknown {
  if (!passing.has(codeOf(error))) return error
  return new RetriableError(`${what}: the folder of objects is full, busy or away`, { cause: error })
}
