/** A dependency is away or busy: back off at this one step, burn nothing. */
export class RetriableError extends Error {
  override readonly name: string = 'RetriableError'
  readonly retriable = true
}

/** The assignment, lease or generation has ended: what is finished now no longer counts. */
export class FencedError extends Error {
  override readonly name: string = 'FencedError'
}

/** A record is larger than its topic takes. Trying again changes nothing. */
export class RecordTooLargeError extends Error {
  override readonly name: string = 'RecordTooLargeError'
  readonly retriable = false
}

/** Somebody asked for an earlier retain-until date, or a weaker mode, than a version already has. */
export class RetentionShortenedError extends Error {
  override readonly name: string = 'RetentionShortenedError'
  readonly retriable = false
}

/** True for our RetriableError and for any library's error that says so of itself. */
export function isRetriable(error: unknown): error is Error & { retriable: true } {
  return error instanceof Error && 'retriable' in error && error.retriable === true
}

/** True for a FencedError, by name as errors of libraries are told apart: an adapter may bring its own copy. */
export function isFenced(error: unknown): error is Error {
  return error instanceof Error && error.name === 'FencedError'
}
