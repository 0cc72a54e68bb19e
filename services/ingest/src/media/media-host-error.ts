import { RetriableError } from '@streamkeeper/pipeline'

/** A host of media does not do its work now. The message says what it did, as in "answered 503". */
export class MediaHostError extends RetriableError {
  override readonly name = 'MediaHostError'
  /** For the log: set by who asked. */
  host?: string

  /** `about`: whether nobody can be reached there (`host`), or what was asked for does not come (`media`). */
  constructor(
    message: string,
    readonly about: 'host' | 'media',
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
