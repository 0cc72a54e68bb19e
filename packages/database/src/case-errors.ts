import { StreamkeeperError } from '@streamkeeper/contracts'

/** The case changed since it was read, or was decided by somebody else. */
export class CaseConflictError extends StreamkeeperError {
  override readonly name = 'CaseConflictError'
  constructor(message: string) {
    super('CASE_CONFLICT', message)
  }
}

/** The lease ended or was taken over: what is decided under it does not count. */
export class LeaseLostError extends StreamkeeperError {
  override readonly name = 'LeaseLostError'
  constructor(message: string) {
    super('LEASE_LOST', message)
  }
}
