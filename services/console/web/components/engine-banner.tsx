import { useTranslation } from 'react-i18next'
import { useStatus } from '../api/queries.js'
import { useAwayNames } from './engine-state.js'
import { Icon } from './icon.js'

/** Says across the page that an engine or the console itself is away, and what that means for the person. */
export function EngineBanner({ connected }: { connected: boolean }) {
  const { t } = useTranslation()
  const { isError } = useStatus()
  const names = useAwayNames()
  const away = names !== null
  if (!away && connected && !isError) return null
  return (
    <div className="banner" role="alert" data-testid="engine-banner">
      <Icon name="plug" size={20} />
      <div>
        <b>{away ? t('banner.title', { names }) : t('banner.offlineTitle')}</b>
        <span>{away ? t('banner.text') : t('banner.offlineText')}</span>
      </div>
    </div>
  )
}
