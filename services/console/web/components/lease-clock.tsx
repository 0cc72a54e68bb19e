import { useTranslation } from 'react-i18next'
import { formatClock, secondsUntil } from '../format/clock.js'
import { useNow } from '../state/server-clock.js'
import type { Lease } from '../state/use-leases.js'
import { Hint } from './hint.js'
import { Ring } from './ring.js'

/** Time left of my lease; amber under a minute. */
export function LeaseClock({ lease, release }: { lease: Lease; release: () => void }) {
  const { t } = useTranslation()
  const now = useNow()
  const left = Math.max(0, secondsUntil(lease.leaseUntil, now))
  const whole = (Date.parse(lease.leaseUntil) - lease.renewedAt) / 1000
  const ago = Math.max(0, Math.floor((now - lease.renewedAt) / 1000))
  return (
    <>
      <Hint text={t('case.lease')}>
        <div className={`lease ${left < 60 ? 'amber' : ''}`}>
          <Ring share={left / Math.max(1, whole)} />
          <div>
            <b className="num">{t('case.yours', { time: formatClock(left) })}</b>
            <small className="num">
              <i className={`dot ${left < 60 ? 'away' : 'ok'}`} aria-hidden="true" />
              {t('case.heartbeat', { seconds: ago })}
            </small>
          </div>
        </div>
      </Hint>
      <button type="button" className="btn ghost" data-testid="release" onClick={release}>
        {t('case.release')} <kbd>R</kbd>
      </button>
    </>
  )
}
