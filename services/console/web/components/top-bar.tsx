import type { SessionView } from '@streamkeeper/contracts'
import { useTranslation } from 'react-i18next'
import type { Theme } from '../state/theme.js'
import type { Screen } from '../state/use-screen.js'
import { AlarmButton } from './alarms.js'
import { ArchiveState } from './archive-state.js'
import { BrandMark } from './brand.js'
import { EngineState } from './engine-state.js'
import { Hint } from './hint.js'
import { Icon } from './icon.js'
import { LanguageSwitch } from './language-switch.js'
import { TopNav } from './top-nav.js'
import { UserMenu } from './user-menu.js'

interface Props {
  session: SessionView
  connected: boolean
  /** null for a role that has one screen only. */
  screen: Screen | null
  openHelp: () => void
  /** null for a role that is not told of alarms. */
  openAlarms: (() => void) | null
  theme: Theme
  toggleTheme: () => void
}

/** The bar above every screen: the engines, the language, the theme, the keys, the person. */
export function TopBar({ session, connected, screen, openHelp, openAlarms, theme, toggleTheme }: Props) {
  const { t } = useTranslation()
  const themeHint = t(theme === 'dark' ? 'top.toLight' : 'top.toDark')
  return (
    <header className="topbar">
      <span className="brand">
        <BrandMark />
        <b>{t('app.name')}</b>
      </span>
      {screen !== null && <TopNav screen={screen} />}
      <div className="top-right">
        {openAlarms !== null && <AlarmButton open={openAlarms} hasKey={screen !== 'held'} />}
        <ArchiveState />
        <EngineState connected={connected} />
        <LanguageSwitch />
        <Hint text={themeHint}>
          <button type="button" className="ib" aria-label={themeHint} data-testid="theme-toggle" onClick={toggleTheme}>
            <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
          </button>
        </Hint>
        <Hint text={t('top.keys')}>
          <button type="button" className="ib" aria-label={t('top.keys')} data-testid="open-help" onClick={openHelp}>
            <Icon name="keys" />
          </button>
        </Hint>
        <UserMenu session={session} />
      </div>
    </header>
  )
}
