import { promisify } from 'node:util'
import { gunzip as gunzipCallback } from 'node:zlib'
import { Decompress } from 'fzstd'
import { decompressFrame } from 'lz4-napi'
import { readLz4Bound } from './read-lz4-bound.js'
import { unpackSnappy } from './unpack-snappy.js'

const gunzip = promisify(gunzipCallback)

/** A batch that unpacks to more than we hold in memory; a hostile producer can pack gigabytes into a megabyte. */
class BatchTooLargeError extends Error {
  override readonly name: string = 'BatchTooLargeError'
  readonly retriable = false
}

/** Unpacks the records of one batch. Throws on damaged or cut input, and BatchTooLargeError above `limit` bytes. */
export type Decompressor = (packed: Buffer, limit: number) => Promise<Buffer>

export const decompressGzip: Decompressor = async (packed, limit) => {
  try {
    return await gunzip(packed, { maxOutputLength: limit })
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit)
    throw error
  }
}

export const decompressSnappy: Decompressor = async (packed, limit) => {
  const unpacked = await unpackSnappy(packed, limit)
  if (unpacked === null) throw tooLarge(limit)
  return unpacked
}

export const decompressLz4: Decompressor = async (packed, limit) => {
  if (readLz4Bound(packed) > limit) throw tooLarge(limit)
  return decompressFrame(packed)
}

export const decompressZstd: Decompressor = (packed, limit) => {
  if (packed.length === 0) throw new Error('zstd: no frame')
  const parts: Uint8Array[] = []
  let size = 0
  let isWhole = false
  const stream = new Decompress((part, isLast) => {
    size += part.length
    if (size > limit) throw tooLarge(limit)
    parts.push(part)
    isWhole = isLast === true
  })
  stream.push(packed, true)
  if (!isWhole) throw new Error('zstd: the frame is cut')
  return Promise.resolve(Buffer.concat(parts))
}

function tooLarge(limit: number): BatchTooLargeError {
  return new BatchTooLargeError(`a batch unpacks to more than ${limit} bytes`)
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}
