import { useTranslation } from 'react-i18next'
import { formatNumber } from '../format/figure.js'
import { Icon } from './icon.js'

interface Props {
  page: number
  /** Messages on this page. */
  shown: number
  hasNext: boolean
  turn: (by: 1 | -1) => void
}

/** Which page of the list is shown, and the ways to the others; nothing where there is only one. */
export function HeldPager({ page, shown, hasNext, turn }: Props) {
  const { t } = useTranslation()
  if (page === 1 && !hasNext) return null
  return (
    <div className="held-pager" role="group" aria-label={t('held.pages')}>
      <button
        type="button"
        className="btn ghost"
        aria-keyshortcuts="p"
        disabled={page === 1}
        data-testid="held-previous"
        onClick={() => turn(-1)}
      >
        <Icon name="back" /> {t('held.previous')} <kbd>P</kbd>
      </button>
      <span role="status" data-testid="held-page" data-page={page}>
        {t('held.page', { page: formatNumber(page), shown: formatNumber(shown) })}
      </span>
      <button
        type="button"
        className="btn ghost"
        aria-keyshortcuts="n"
        disabled={!hasNext}
        data-testid="held-next"
        onClick={() => turn(1)}
      >
        {t('held.next')} <Icon name="forward" /> <kbd>N</kbd>
      </button>
    </div>
  )
}
