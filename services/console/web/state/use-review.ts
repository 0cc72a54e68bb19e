import type { CaseDetail } from '@streamkeeper/contracts'
import { useCallback, useMemo, useState } from 'react'
import { useCase, useCases } from '../api/queries.js'
import type { QueueTab } from '../components/queue.js'
import type { Notice } from './notice.js'
import { useClaim } from './use-claim.js'
import { useClip } from './use-clip.js'
import { useDecide } from './use-decide.js'
import { useHits } from './use-hits.js'
import { useLeases } from './use-leases.js'
import { useReveal } from './use-reveal.js'
import { useSelection } from './use-selection.js'

const noSignals: CaseDetail['signals'] = []

/** Everything that the review screen keeps: the queue, the open case, its lease, and what was just decided. */
export function useReview() {
  const [tab, setTab] = useState<QueueTab>('waiting')
  const [notice, setNotice] = useState<Notice | null>(null)
  const list = useCases(tab)
  const rows = list.data?.cases
  const ids = useMemo(() => rows?.map((row) => row.caseId) ?? [], [rows])
  const selection = useSelection(ids)
  const { openId } = selection
  const openCase = useCase(openId)
  const leases = useLeases(openId)
  const hits = useHits(openId ?? '', openCase.data?.signals ?? noSignals)
  const { revealed, reveal } = useReveal(openId)
  const clip = useClip(openId, hits.current?.signalId ?? null)
  const decide = useDecide({ notify: setNotice, dropLease: leases.drop })
  const work = useClaim({ notify: setNotice, adopt: leases.adopt, drop: leases.drop, choose: selection.choose })
  const closeNotice = useCallback(() => setNotice(null), [])
  return {
    tab,
    setTab,
    list,
    selection,
    openCase,
    /** What is known of the open case, from the queue while the whole of it is on its way. */
    summary: openCase.data?.case ?? rows?.find((row) => row.caseId === openId),
    leases,
    hits,
    revealed,
    reveal,
    clip,
    decide,
    work,
    notice,
    closeNotice,
    undo: () => {
      if (notice?.kind === 'decision' && !work.undo.isPending) work.undo.mutate(notice)
    },
  }
}

export type Review = ReturnType<typeof useReview>
