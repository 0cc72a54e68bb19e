import type { SignalView } from '@streamkeeper/contracts'
import { useCallback, useMemo, useState } from 'react'
import { groupHits, strongestHit } from './group-hits.js'

/** The hits of the open case and the one on show: the strongest, until the person steps to another. */
export function useHits(caseId: string, signals: readonly SignalView[]) {
  const groups = useMemo(() => groupHits(signals), [signals])
  const [shown, setShown] = useState<{ caseId: string; signalId: string } | null>(null)
  const kept = shown?.caseId === caseId ? groups.findIndex((group) => group.signal.signalId === shown.signalId) : -1
  const index = kept >= 0 ? kept : strongestHit(groups)
  const show = useCallback(
    (to: number) => {
      const group = groups[Math.max(0, Math.min(groups.length - 1, to))]
      if (group) setShown({ caseId, signalId: group.signal.signalId })
    },
    [caseId, groups],
  )
  return { groups, index, current: groups[index]?.signal ?? null, show }
}

export type Hits = ReturnType<typeof useHits>
