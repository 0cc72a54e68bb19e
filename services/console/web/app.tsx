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
import { heldKeyGroups } from './keys/held-keys.js'
import { keyGroups } from './keys/key-intent.js'
import { Held } from './screens/held.js'
import { Review } from './screens/review.js'
import { SignIn } from './screens/sign-in.js'
import { useTheme } from './state/theme.js'
import { useScreen } from './state/use-screen.js'

type OpenDialog = 'help' | 'alarms' | null

/** The frame around the screens of somebody who is signed in. */
function Frame({ session }: { session: SessionView }) {
  const { t } = useTranslation()
  const connected = useLiveEvents()
  const [dialog, setDialog] = useState<OpenDialog>(null)
  const [theme, toggleTheme] = useTheme()
  const [address, goToOther] = useScreen()
  const isLead = session.role === 'lead' || session.role === 'admin'
  const mayDecide = session.role !== 'auditor'
  const screen = mayDecide ? address : 'review'
  const close = useCallback(() => setDialog(null), [])
  const openHelp = useCallback(() => setDialog('help'), [])
  const openAlarms = () => setDialog(isLead ? 'alarms' : null)
  const anywhere = {
    help: openHelp,
    alarms: openAlarms,
    theme: toggleTheme,
    language: () => void speak(otherLanguage()),
    screen: () => {
      if (mayDecide) goToOther()
    },
  }
  return (
    <Tooltip.Provider delayDuration={400}>
      <a className="skip" href="#main">
        {t('app.skip')}
      </a>
      <TopBar
        {...{ session, connected, openHelp, theme, toggleTheme }}
        screen={mayDecide ? screen : null}
        openAlarms={isLead ? openAlarms : null}
      />
      <EngineBanner connected={connected} screen={screen} />
      <main id="main" tabIndex={-1} aria-label={t('app.main')}>
        {screen === 'held' ? (
          <Held isCovered={dialog !== null} anywhere={anywhere} />
        ) : (
          <Review me={session.username} role={session.role} isCovered={dialog !== null} anywhere={anywhere} />
        )}
      </main>
      {dialog === 'help' && <HelpDialog groups={screen === 'held' ? heldKeyGroups : keyGroups} close={close} />}
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
