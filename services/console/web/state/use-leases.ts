import type { ClaimView } from '@streamkeeper/contracts'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import { hasCode } from '../api/api-error.js'
import { api } from '../api/create-api.js'
import { keysOf } from '../api/queries.js'
import { secondsUntil } from '../format/clock.js'
import { serverNow } from './server-clock.js'

export interface Lease extends ClaimView {
  /** When it was last renewed, server time in ms. */
  renewedAt: number
}

const heartbeatEvery = 20_000

/** The leases that this page holds, by case. The one of the open case is renewed while the page is visible. */
export function useLeases(openId: string | null) {
  const client = useQueryClient()
  const [leases, setLeases] = useState<ReadonlyMap<string, Lease>>(new Map())
  const [lost, setLost] = useState<ReadonlySet<string>>(new Set())

  const drop = useCallback((caseId: string, isLost = false) => {
    setLeases((all) => new Map([...all].filter(([id]) => id !== caseId)))
    setLost((all) => new Set(isLost ? [...all, caseId] : [...all].filter((id) => id !== caseId)))
  }, [])

  const keep = useCallback((claim: ClaimView) => {
    setLeases((all) => new Map([...all, [claim.caseId, { ...claim, renewedAt: serverNow() }]]))
    setLost((all) => new Set([...all].filter((id) => id !== claim.caseId)))
  }, [])

  /** Takes a claim on. The case is read again first: claiming made a new version, and a decision names the version. */
  const adopt = useCallback(
    async (claim: ClaimView) => {
      await client.invalidateQueries({ queryKey: keysOf.case(claim.caseId) })
      keep(claim)
      void client.invalidateQueries({ queryKey: keysOf.lists })
    },
    [client, keep],
  )

  const lease = openId === null ? undefined : leases.get(openId)
  useHeartbeat(lease, keep, drop)
  return { lease: lease ?? null, isLost: openId !== null && lost.has(openId), adopt, drop }
}

function useHeartbeat(
  lease: Lease | undefined,
  keep: (claim: ClaimView) => void,
  drop: (caseId: string, isLost: boolean) => void,
): void {
  useEffect(() => {
    if (!lease) return undefined
    const renew = () => {
      if (secondsUntil(lease.leaseUntil, serverNow()) <= 0) return drop(lease.caseId, true)
      if (document.visibilityState !== 'visible') return undefined
      void api.heartbeat(lease).then(keep, (error: unknown) => {
        // Anything else is tried again; the clock on the page shows what is left.
        if (hasCode(error, 'LEASE_LOST')) drop(lease.caseId, true)
      })
      return undefined
    }
    const timer = window.setInterval(renew, heartbeatEvery)
    document.addEventListener('visibilitychange', renew)
    return () => {
      window.clearInterval(timer)
      document.removeEventListener('visibilitychange', renew)
    }
  }, [lease, keep, drop])
}
