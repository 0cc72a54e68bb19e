import type { Problem } from '@streamkeeper/contracts'

/** What the API said no with: a code of docs/errors.md, or NETWORK when nothing answered. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: string
  readonly status: number
  readonly retriable: boolean
  /** Seconds that the server asked us to wait. */
  readonly retryAfter: number | null

  constructor(problem: { code: string; status: number; message: string; retryAfter?: number | null }) {
    super(problem.message)
    this.code = problem.code
    this.status = problem.status
    this.retryAfter = problem.retryAfter ?? null
    this.retriable = problem.status === 0 || problem.status === 429 || problem.status >= 500
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string'
}

/** Reads a refused answer; one without problem details (a proxy's page) becomes `HTTP_<status>`. */
export async function readProblem(answer: Response): Promise<ApiError> {
  const body: unknown = await answer.json().catch(() => null)
  const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN)
  const retryAfter = Number.isFinite(seconds) ? seconds : null
  if (!isProblem(body))
    return new ApiError({
      code: `HTTP_${answer.status}`,
      status: answer.status,
      message: answer.statusText,
      retryAfter,
    })
  return new ApiError({ code: body.code, status: answer.status, message: body.detail ?? body.title, retryAfter })
}

/** True when `error` is an ApiError with one of the codes. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof ApiError && codes.includes(error.code)
}
