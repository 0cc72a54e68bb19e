/** Why a model was not taken. `load` covers what the runtime itself refuses or dies of. */
export type RefusalReason =
  | 'manifest'
  | 'path'
  | 'missing'
  | 'size'
  | 'digest'
  | 'malformed'
  | 'external-data'
  | 'shape'
  | 'load'

/** A model that must not run. Never retriable: the same files are refused again. Pictures that needed it count as not looked at. */
export class ModelRefusedError extends Error {
  override readonly name = 'ModelRefusedError'
  readonly code = 'MODEL_REFUSED'
  readonly retriable = false

  constructor(
    readonly reason: RefusalReason,
    readonly detail: string,
  ) {
    super(`model refused (${reason}): ${detail}`)
  }
}
