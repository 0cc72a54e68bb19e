import type { SessionView } from '@streamkeeper/contracts'
import { Tooltip } from 'radix-ui'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from './api/queries.js'
import { useLiveEvents } from './api/use-live-events.js'
import { AlarmDialog } from './components/alarms.js'
import { EngineBanner } from './components/engine-banner.js'
import { ErrorState } from './components/error-state.js'
import { HelpDialog } from './components/help-dialog.js'
import { TopBar } from './components/top-bar.js'
import { otherLanguage, speak } from './i18n/languages.js'
import { Review } from './screens/review.js'
import { SignIn } from './screens/sign-in.js'
import { useTheme } from './state/theme.js'

type OpenDialog = 'help' | 'alarms' | null

/** The frame around the screens of somebody who is signed in. */
function Frame({ session }: { session: SessionView }) {
  const { t } = useTranslation()
  const connected = useLiveEvents()
  const [dialog, setDialog] = useState<OpenDialog>(null)
  const [theme, toggleTheme] = useTheme()
  const isLead = session.role === 'lead' || session.role === 'admin'
  const close = useCallback(() => setDialog(null), [])
  const openHelp = useCallback(() => setDialog('help'), [])
  const openAlarms = () => setDialog(isLead ? 'alarms' : null)
  const anywhere = {
    help: openHelp,
    alarms: openAlarms,
    theme: toggleTheme,
    language: () => void speak(otherLanguage()),
  }
  return (
    <Tooltip.Provider delayDuration={400}>
      <a className="skip" href="#main">
        {t('app.skip')}
      </a>
      <TopBar {...{ session, connected, openHelp, theme, toggleTheme }} openAlarms={isLead ? openAlarms : null} />
      <EngineBanner connected={connected} />
      <main id="main" tabIndex={-1} aria-label={t('app.main')}>
        <Review me={session.username} role={session.role} isCovered={dialog !== null} anywhere={anywhere} />
      </main>
      {dialog === 'help' && <HelpDialog close={close} />}
      {dialog === 'alarms' && <AlarmDialog close={close} />}
    </Tooltip.Provider>
  )
}

/** Sign-in or the screens, by whether there is a session. */
export function App() {
  const session = useSession()
  if (session.data) return <Frame session={session.data} />
  if (session.isError) return <ErrorState error={session.error} retry={() => void session.refetch()} />
  return session.isPending ? null : <SignIn />
}
