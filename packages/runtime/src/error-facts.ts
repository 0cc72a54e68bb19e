import { types } from 'node:util'

/** True for errors of any realm, as Node's own are under a test runner. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value)
}

/** The `code` of a system error, e.g. ENOENT. */
export function codeOf(error: unknown): string | undefined {
  return isError(error) && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

export function messageOf(error: unknown): string {
  return isError(error) ? error.message : String(error)
}
