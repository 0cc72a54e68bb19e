import { useTranslation } from 'react-i18next'
import { useStatus } from '../api/queries.js'
import type { Screen } from '../state/use-screen.js'
import { useAwayNames } from './engine-state.js'
import { Icon } from './icon.js'

interface Props {
  connected: boolean
  screen: Screen
}

const meaning = { review: 'banner.text', held: 'banner.heldText' } as const

/** Says across the page that an engine or the console itself is away, and what that means for the person on this screen. */
export function EngineBanner({ connected, screen }: Props) {
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
        <span>{away ? t(meaning[screen]) : t('banner.offlineText')}</span>
      </div>
    </div>
  )
}
