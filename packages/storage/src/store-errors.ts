import { RetriableError } from '@streamkeeper/pipeline'

interface AwsLike {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

/**
 * HTTP answers that pass by waiting: time-out, conflict of two writers, too many requests, a server in trouble; and wrong
 * or expired credentials, which an operator mends and which say nothing about the record at hand.
 */
const passing = new Set([401, 403, 408, 409, 425, 429, 500, 502, 503, 504])
/** Names of network failures; the SDK sometimes keeps them in the message alone. */
const network =
  /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|EPROTO|socket hang up|aborted/
const words = new Set([
  'NoSuchBucket',
  'CredentialsProviderError',
  'TimeoutError',
  'RequestTimeout',
  'SlowDown',
  'InternalError',
  'AbortError',
  'NetworkingError',
])

export function statusOf(error: unknown): number | undefined {
  return isLike(error) ? error.$metadata?.httpStatusCode : undefined
}

export function nameOf(error: unknown): string {
  return isLike(error) ? error.name : ''
}

/** True when the store understood who asks, and says no to this very thing; expired credentials are a 403 too. */
export function isRefused(error: unknown): boolean {
  return /^(AccessDenied|ObjectLocked)$/.test(nameOf(error))
}

/** Turns "the store is away or answers ambiguously" into RetriableError; what else it says stays as it is. */
export function toStoreError(error: unknown, what: string): unknown {
  if (!isLike(error) || error.name === 'RetriableError') return error
  const status = statusOf(error)
  const isPassing =
    (status !== undefined && passing.has(status)) ||
    network.test(`${error.code ?? ''} ${error.message}`) ||
    words.has(error.name)
  return isPassing ? new RetriableError(`${what}: the object store is away or busy`, { cause: error }) : error
}

/** Errors of another realm are no instances of our Error: the shape decides. */
function isLike(value: unknown): value is AwsLike {
  return typeof value === 'object' && value !== null && 'name' in value && 'message' in value
}
