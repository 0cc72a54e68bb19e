import type { CaseDetail } from '@streamkeeper/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { ApiError, hasCode } from '../api/api-error.js'
import { api } from '../api/create-api.js'
import { keysOf } from '../api/queries.js'
import { decideRequest, type Draft } from './decide-request.js'
import { newId } from './new-id.js'
import type { Notice } from './notice.js'
import type { Lease } from './use-leases.js'

export interface Decide {
  detail: CaseDetail
  lease: Lease
  draft: Draft
}

/** The sentence for an error; the code goes with it. */
export function noticeOf(error: unknown, text = 'toast.failed'): Notice {
  const code = error instanceof ApiError ? error.code : 'PAGE'
  if (code === 'CASE_CONFLICT') return { kind: 'message', text: 'toast.conflict', bad: true }
  if (code === 'LEASE_LOST') return { kind: 'message', text: 'toast.leaseLost', bad: true }
  return { kind: 'message', text, values: { code }, bad: true }
}

interface Around {
  notify: (notice: Notice) => void
  dropLease: (caseId: string, isLost?: boolean) => void
}

/** Sends a decision. Sending the same draft of the same version again after a lost answer changes nothing. */
export function useDecide({ notify, dropLease }: Around) {
  const client = useQueryClient()
  const sent = useRef({ of: '', key: '' })
  const keyFor = ({ detail, draft }: Decide) => {
    const of = JSON.stringify([detail.case.caseId, detail.case.version, draft])
    if (sent.current.of !== of) sent.current = { of, key: newId() }
    return sent.current.key
  }
  return useMutation({
    mutationFn: async (decide: Decide) =>
      api.decide(
        decide.detail.case.caseId,
        decideRequest(decide.detail, decide.draft, {
          leaseToken: decide.lease.leaseToken,
          idempotencyKey: keyFor(decide),
        }),
      ),
    onSuccess: (answer, { detail }) => {
      const { caseId, nickname, title } = detail.case
      dropLease(caseId)
      notify({ kind: 'decision', decision: answer.decision, caseId, title: nickname ?? title })
    },
    onError: (error, { detail }) => {
      if (hasCode(error, 'LEASE_LOST')) dropLease(detail.case.caseId, true)
      if (error instanceof ApiError && error.status === 401) client.setQueryData(keysOf.session, null)
      notify(noticeOf(error))
    },
    onSettled: async (_answer, _error, { detail }) => {
      void client.invalidateQueries({ queryKey: keysOf.lists })
      await client.invalidateQueries({ queryKey: keysOf.case(detail.case.caseId) })
    },
  })
}
