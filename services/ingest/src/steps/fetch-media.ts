import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import { isAbsolute, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dlq, ok, RetriableError, type Outcome, type Step } from '@streamkeeper/pipeline'
import type { EventOfType } from '../accepted.js'
import type { Deps } from '../deps.js'
import type { Admitted } from './admit.js'

export type AdmittedSegment = Admitted<EventOfType<'live.segment.published'>>

export interface SegmentWithMedia extends AdmittedSegment {
  readonly bytes: Buffer
}

const largestMedia = 16 * 1024 * 1024
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

/** Brings the bytes of a segment, from the record or from a file under the media root, and checks size and digest. */
export function createFetchMediaStep({ mediaRoot }: Pick<Deps, 'mediaRoot'>): Step<AdmittedSegment, SegmentWithMedia> {
  return {
    name: 'fetch-media',
    run: async (segment) => {
      const { bytes: inline, data } = segment.event
      const found = inline === undefined ? await readReference(mediaRoot, data.url) : ok(inline)
      if (found.kind !== 'ok') return found
      const bytes = found.value
      if (bytes.length !== data.size)
        return dlq('SIZE_MISMATCH', `data.size: ${data.size}, but there are ${bytes.length} bytes`)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      if (sha256 !== data.sha256)
        return dlq('DIGEST_MISMATCH', `data.sha256: ${data.sha256}, but the bytes have ${sha256}`)
      return ok({ ...segment, bytes })
    },
  }
}

async function readReference(mediaRoot: string | null, url: string | undefined): Promise<Outcome<Buffer>> {
  if (url === undefined) return dlq('MEDIA_MISSING', 'data.url: there is neither a url nor media in the record')
  const path = pathOf(url)
  if (path === null || mediaRoot === null)
    return dlq('MEDIA_URL_NOT_ALLOWED', 'data.url: only file:// under STREAMKEEPER_MEDIA_ROOT is taken')
  try {
    const real = await realpath(path)
    if (!isInside(mediaRoot, real))
      return dlq('MEDIA_URL_NOT_ALLOWED', 'data.url: the file does not lie under STREAMKEEPER_MEDIA_ROOT')
    return await readRegularFile(real)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (lasting.has(code)) return dlq('MEDIA_MISSING', `data.url: the file cannot be read (${code})`)
    throw new RetriableError('media file cannot be read', { cause: error })
  }
}

function pathOf(url: string): string | null {
  try {
    const parsed = new URL(url)
    const isLocal = parsed.protocol === 'file:' && parsed.host === '' && parsed.search === '' && parsed.hash === ''
    return isLocal ? fileURLToPath(parsed) : null
  } catch {
    // Not a URL, or one that names no path (an encoded slash, a NUL): the caller refuses it by name.
    return null
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
