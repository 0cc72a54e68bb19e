import { useTranslation } from 'react-i18next'
import { useHeldWaiting } from '../api/queries.js'
import { formatNumber } from '../format/figure.js'
import type { Screen } from '../state/use-screen.js'

/** The screens, for those who may decide; held messages with how many wait. */
export function TopNav({ screen }: { screen: Screen }) {
  const { t } = useTranslation()
  const waiting = useHeldWaiting().data
  const current = (name: Screen) => (screen === name ? ('page' as const) : undefined)
  return (
    <nav className="top-nav" aria-label={t('nav.label')}>
      <a href="#review" aria-current={current('review')} data-testid="nav-review">
        {t('nav.review')}
      </a>
      <a href="#held" aria-current={current('held')} data-testid="nav-held" data-count={waiting ?? ''}>
        {t('nav.held')} {waiting !== undefined && <span className="num">{formatNumber(waiting)}</span>}
      </a>
    </nav>
  )
}
