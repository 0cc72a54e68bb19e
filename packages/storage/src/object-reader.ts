import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { RetriableError } from '@streamkeeper/pipeline'
import { createClient, type S3Options } from './client.js'
import { nameOf, statusOf, toStoreError } from './store-errors.js'

export interface ObjectPlace {
  readonly bucket: string
  readonly key: string
}

/** What came of reading an object that somebody else put: bytes, or why there are none and waiting will not help. */
export type ObjectRead =
  | { readonly kind: 'found'; readonly bytes: Buffer }
  | { readonly kind: 'absent' | 'refused'; readonly reason: string }
  | { readonly kind: 'too-large'; readonly size: number }

export interface ReadLimits {
  readonly maxBytes: number
  readonly signal: AbortSignal
}

/** Reads other people's objects: nothing they stored makes it throw anything but a RetriableError of the store itself. */
export interface ObjectReader {
  read(place: ObjectPlace, limits: ReadLimits): Promise<ObjectRead>
  close(): Promise<void>
}

/** Reads from any bucket of the store that `options` name. Nothing connects before the first call. */
export function createS3ObjectReader(options: S3Options): ObjectReader {
  const client = createClient(options)
  return {
    read: (place, limits) => readObject(client, place, limits),
    close: () => {
      client.destroy()
      return Promise.resolve()
    },
  }
}

async function readObject(
  client: S3Client,
  { bucket, key }: ObjectPlace,
  { maxBytes, signal }: ReadLimits,
): Promise<ObjectRead> {
  try {
    const { Body: body, ContentLength: size } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), {
      abortSignal: signal,
    })
    if (body === undefined) return { kind: 'absent', reason: 'NoBody' }
    return await readCapped(body as unknown as Body, { declared: size ?? 0, maxBytes })
  } catch (error) {
    signal.throwIfAborted()
    return judgeError(error, `read s3://${bucket}`)
  }
}

/** What the SDK gives on Node: a stream of chunks. */
interface Body extends AsyncIterable<Uint8Array> {
  destroy(): void
}

async function readCapped(
  body: Body,
  { declared, maxBytes }: { declared: number; maxBytes: number },
): Promise<ObjectRead> {
  try {
    if (declared > maxBytes) return { kind: 'too-large', size: declared }
    const chunks: Uint8Array[] = []
    let length = 0
    for await (const chunk of body) {
      length += chunk.length
      if (length > maxBytes) return { kind: 'too-large', size: length }
      chunks.push(chunk)
    }
    return { kind: 'found', bytes: Buffer.concat(chunks) }
  } catch (error) {
    throw new RetriableError('read: the answer broke off', { cause: error })
  } finally {
    body.destroy()
  }
}

/** Our own credentials, which an operator mends; every other 4xx is about the object that was named. */
const ourCredentials =
  /^(InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken|TokenRefreshRequired|RequestTimeTooSkewed|AuthorizationHeaderMalformed)$/
const busy = new Set([408, 409, 425, 429])

function judgeError(error: unknown, what: string): ObjectRead {
  const status = statusOf(error)
  const reason = nameOf(error)
  if (status === 404) return { kind: 'absent', reason }
  const isAboutObject = status !== undefined && status >= 300 && status < 500 && !busy.has(status)
  if (isAboutObject && !ourCredentials.test(reason)) return { kind: 'refused', reason }
  if (isAboutObject) throw new RetriableError(`${what}: our credentials are not taken (${reason})`, { cause: error })
  throw toStoreError(error, what)
}
