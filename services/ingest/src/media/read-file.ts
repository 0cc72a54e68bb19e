import { constants } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import { isAbsolute, relative } from 'node:path'
import { dlq, ok, RetriableError, type Outcome } from '@streamkeeper/pipeline'
import { codeOf } from './code-of.js'
import { largestMedia } from './limits.js'

/** Failures of a file that will not pass by waiting. */
const lasting = new Set([
  'ENOENT',
  'ENOTDIR',
  'EACCES',
  'EPERM',
  'EISDIR',
  'ELOOP',
  'ENXIO',
  'ENAMETOOLONG',
  'ERR_INVALID_ARG_VALUE',
])

/** The bytes of a regular file under the root, no more than a segment may have. */
export async function readMediaFile(root: string, path: string): Promise<Outcome<Buffer>> {
  try {
    const real = await realpath(path)
    if (!isInside(root, real))
      return dlq('MEDIA_URL_NOT_ALLOWED', 'data.url: the file does not lie under STREAMKEEPER_MEDIA_ROOT')
    return await readRegularFile(real)
  } catch (error) {
    const code = codeOf(error)
    if (lasting.has(code)) return dlq('MEDIA_MISSING', `data.url: the file cannot be read (${code})`)
    throw new RetriableError('media file cannot be read', { cause: error })
  }
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path)
  return way !== '' && !way.startsWith('..') && !isAbsolute(way)
}

/** Opens without following a link and without waiting for a pipe's writer; reads at most the limit and one byte. */
async function readRegularFile(path: string): Promise<Outcome<Buffer>> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const { size, ...stat } = await file.stat().then((found) => ({ size: found.size, isFile: found.isFile() }))
    if (!stat.isFile) return dlq('MEDIA_URL_NOT_ALLOWED', 'data.url: not a regular file')
    if (size > largestMedia)
      return dlq('VALUE_TOO_LARGE', `data.url: the file has ${size} bytes, at most ${largestMedia}`)
    const bytes = Buffer.alloc(size)
    const { bytesRead } = await file.read(bytes, 0, size, 0)
    return ok(bytes.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}
