import { isRetriable, RetriableError } from '@streamkeeper/pipeline'

/** The database is away, starting, stopping, read-only for now, or asks for another try. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const passing = /^(08|53|57P0|40001|40P01|55P03|25006|25P0[34])/
const network = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])
/** What the driver says without a code. */
const words =
  /connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Cannot use a pool after/i

/** Runs a query and turns "the database is away or busy" into RetriableError; any other error stays as it is. */
export async function attempt<T>(query: () => Promise<T>): Promise<T> {
  try {
    return await query()
  } catch (error) {
    if (isRetriable(error) || !isPassing(error)) throw error
    throw new RetriableError('database is away or busy', { cause: error })
  }
}

/** By shape, not by class: an error may come from another realm. */
function isPassing(error: unknown, depth = 0): boolean {
  if (depth > 8 || typeof error !== 'object' || error === null) return false
  return saysSo(error) || causesOf(error).some((cause) => isPassing(cause, depth + 1))
}

function saysSo(error: object): boolean {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const message = 'message' in error && typeof error.message === 'string' ? error.message : ''
  return passing.test(code) || network.has(code) || words.test(message)
}

/** A host with several addresses fails with one error an address. */
function causesOf(error: object): readonly unknown[] {
  const several: unknown = 'errors' in error ? error.errors : []
  const cause: unknown = 'cause' in error ? error.cause : undefined
  return Array.isArray(several) ? [cause, ...(several as unknown[])] : [cause]
}
