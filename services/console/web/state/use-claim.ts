import type { ClaimView } from '@streamkeeper/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { hasCode } from '../api/api-error.js'
import { api } from '../api/create-api.js'
import { keysOf } from '../api/queries.js'
import type { Notice } from './notice.js'
import { noticeOf } from './use-decide.js'
import type { Lease } from './use-leases.js'

interface Around {
  notify: (notice: Notice | null) => void
  adopt: (claim: ClaimView) => Promise<void>
  drop: (caseId: string) => void
  choose: (caseId: string) => void
}

/** Claiming, handing back and taking back a decision: what starts and ends a lease. */
export function useClaim({ notify, adopt, drop, choose }: Around) {
  const client = useQueryClient()
  const refresh = (caseId: string) => {
    void client.invalidateQueries({ queryKey: keysOf.lists })
    void client.invalidateQueries({ queryKey: keysOf.case(caseId) })
  }
  const claim = useMutation({
    mutationFn: async (caseId: string) => adopt(await api.claim(caseId)),
    onError: (error, caseId) => {
      refresh(caseId)
      notify(hasCode(error, 'LEASE_LOST') ? { kind: 'message', text: 'toast.taken', bad: true } : noticeOf(error))
    },
  })
  const claimNext = useMutation({
    mutationFn: api.claimNext,
    onSuccess: async (answer) => {
      if (answer === null) return notify({ kind: 'message', text: 'toast.nothingWaits' })
      choose(answer.caseId)
      return adopt(answer)
    },
    onError: (error) => notify(noticeOf(error)),
  })
  const release = useMutation({
    mutationFn: async (lease: Lease) => api.release(lease),
    onSuccess: (_answer, lease) => drop(lease.caseId),
    onError: (error) => notify(noticeOf(error)),
    onSettled: (_answer, _error, lease) => refresh(lease.caseId),
  })
  const undo = useMutation({
    mutationFn: async ({ decision }: Extract<Notice, { kind: 'decision' }>) => api.undo(decision.decisionId),
    onSuccess: (_answer, { caseId }) => {
      notify({ kind: 'message', text: 'toast.undone' })
      // Who takes a decision back wants to decide anew.
      claim.mutate(caseId)
    },
    onError: (error) => notify(noticeOf(error, 'toast.undoFailed')),
    onSettled: (_answer, _error, { caseId }) => refresh(caseId),
  })
  return { claim, claimNext, release, undo }
}
