import { isRetriable, RetriableError } from '@streamkeeper/pipeline'

/** The database is away, starting, stopping, or asks for another try. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const passing = /^(08|53|57P0|40001|40P01|55P03|XX000)/
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

function isPassing(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const code = 'code' in cause ? String(cause.code) : ''
    if (passing.test(code) || network.has(code) || words.test(cause.message)) return true
  }
  return false
}
