import { useTranslation } from 'react-i18next'
import { useStatus } from '../api/queries.js'
import { translateCode } from '../i18n/translate-code.js'
import { Icon } from './icon.js'

/** Says across the page that an engine or the console itself is away, and what that means for the person. */
export function EngineBanner({ connected }: { connected: boolean }) {
  const { t } = useTranslation()
  const { data, isError } = useStatus()
  const away = data !== undefined && !data.ok
  if (!away && connected && !isError) return null
  const names = data?.away.map((name) => translateCode(t, 'engine', name)).join(', ') ?? ''
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
