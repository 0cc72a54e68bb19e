import type { CaseDetail } from '@streamkeeper/contracts'

export interface Closed {
  why: 'no-case' | 'not-claimed' | 'held' | 'lost' | 'decided' | 'busy' | 'reader'
  name?: string
}

interface Around {
  me: string
  /** The role may look and not decide. */
  isReader: boolean
  hasLease: boolean
  isLost: boolean
  busy: boolean
}

/** Whether somebody else has the case just now. */
export function heldByOther({ claimedBy, state }: CaseDetail['case'], me: string): boolean {
  return state === 'claimed' && claimedBy !== null && claimedBy !== me
}

/** Why the verdict bar is closed; null when a verdict may be given. */
export function verdictClosed(
  detail: CaseDetail | undefined,
  { me, isReader, hasLease, isLost, busy }: Around,
): Closed | null {
  if (!detail) return { why: 'no-case' }
  const { state, claimedBy } = detail.case
  if (state !== 'open' && state !== 'claimed') return { why: 'decided' }
  if (isReader) return { why: 'reader' }
  if (busy) return { why: 'busy' }
  if (hasLease) return null
  if (heldByOther(detail.case, me)) return { why: 'held', name: claimedBy ?? '' }
  return { why: isLost ? 'lost' : 'not-claimed' }
}
