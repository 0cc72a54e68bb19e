import { StreamkeeperError, type ErrorCode } from '@streamkeeper/contracts'
import { isRetriable } from '@streamkeeper/pipeline'

const statusOf: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  CSRF_REJECTED: 403,
  NOT_FOUND: 404,
  CASE_CONFLICT: 409,
  LEASE_LOST: 409,
  RATE_LIMITED: 429,
  INVALID_REQUEST: 400,
}

export interface ProblemAnswer {
  readonly status: number
  readonly body: {
    readonly type: string
    readonly title: string
    readonly status: number
    readonly code: string
    readonly detail: string
  }
}

/** RFC 9457 problem details for an error; null when nobody foresaw it. */
export function toProblem(error: unknown): ProblemAnswer | null {
  if (error instanceof StreamkeeperError) return problem(statusOf[error.code] ?? 400, error.code, error.message)
  if (isRetriable(error)) return problem(503, 'ENGINE_AWAY', error.message)
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500
  if (status >= 400 && status < 500)
    return problem(status, status === 404 ? 'NOT_FOUND' : 'INVALID_REQUEST', 'the request cannot be read')
  return null
}

export function problem(status: number, code: string, detail: string): ProblemAnswer {
  return { status, body: { type: 'about:blank', title: code, status, code, detail } }
}
