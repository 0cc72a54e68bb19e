import type { CaseDetail } from '@streamkeeper/contracts'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../format/figure.js'
import { initials } from '../format/initials.js'
import type { Lease } from '../state/use-leases.js'
import { heldByOther } from '../state/verdict-closed.js'
import { LeaseClock } from './lease-clock.js'

export interface Holding {
  me: string
  /** The role may look and not claim. */
  isReader: boolean
  lease: Lease | null
  claiming: boolean
  claim: () => void
  release: () => void
}

/** The claim of the case: mine with its clock, somebody else's, or free to take. */
function ClaimState({ detail, holding }: { detail: CaseDetail; holding: Holding }) {
  const { t } = useTranslation()
  const { lease, me, isReader, claiming, claim, release } = holding
  const { state, claimedBy } = detail.case
  if (lease) return <LeaseClock lease={lease} release={release} />
  if (state !== 'open' && state !== 'claimed') return null
  if (heldByOther(detail.case, me))
    return (
      <div className="lease other">
        <span className="ava ghost" aria-hidden="true">
          {initials(claimedBy ?? '')}
        </span>
        <div>
          <b>{t('case.heldBy', { name: claimedBy })}</b>
          <small>{t('case.readOnly')}</small>
        </div>
      </div>
    )
  if (isReader) return null
  const words = claiming ? 'case.claiming' : state === 'claimed' ? 'case.claimAgain' : 'case.claim'
  return (
    <button type="button" className="btn primary" data-testid="claim" disabled={claiming} onClick={claim}>
      {t(words)} <kbd>Enter</kbd>
    </button>
  )
}

/** Who and what the open case is about, its state, and who holds it. */
export function CaseHead({ detail, holding }: { detail: CaseDetail; holding: Holding }) {
  const { t } = useTranslation()
  const { nickname, title, caseId, live, viewers, state } = detail.case
  const claimState = holding.lease ? 'mine' : heldByOther(detail.case, holding.me) ? 'other' : 'free'
  return (
    <header className="case-head">
      <div className="ch-main">
        <div className="ch-1">
          <h1>{nickname ?? title}</h1>
          {nickname !== null && <span className="ch-t">{title}</span>}
        </div>
        <div className="ch-2">
          <span className={`state-tag s-${state}`} data-testid="case-state" data-state={state}>
            <i aria-hidden="true" />
            {t(`caseState.${state}`)}
          </span>
          <span className="num">
            <i className={`dot ${live ? 'live' : ''}`} aria-hidden="true" />
            {live ? t('case.watching', { viewers: formatNumber(viewers) }) : t('queue.ended')}
          </span>
          <span className="mono">{caseId}</span>
        </div>
      </div>
      <div className="ch-right" data-testid="claim-state" data-claim={claimState}>
        <ClaimState detail={detail} holding={holding} />
      </div>
    </header>
  )
}
