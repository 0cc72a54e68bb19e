import type { CaseDetail } from '@streamkeeper/contracts'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { formatTimeOfDay } from '../format/clock.js'
import { Icon, type IconName } from './icon.js'

const icons: Record<string, IconName> = {
  decided: 'clock',
  enforcing: 'clock',
  dark: 'check',
  disobeyed: 'warn',
  closed: 'check',
}

/** When the platform acknowledged the command that the stream went dark on. */
function darkSince({ commands }: CaseDetail): string | null {
  const cut = commands.findLast((command) => ['cut-stream', 'suspend-account', 'ban-account'].includes(command.action))
  return cut?.acknowledgedAt ?? null
}

function outcomeWords(t: TFunction, detail: CaseDetail): string {
  const { state } = detail.case
  const since = darkSince(detail)
  if (state === 'dark' && since !== null) return t('outcome.dark', { time: formatTimeOfDay(since) })
  if (state === 'dark') return t('outcome.darkPlain')
  // The command is still held back for the time to undo.
  if (state === 'enforcing' && detail.commands.some((command) => command.state === 'waiting'))
    return t('outcome.decided')
  return t(`outcome.${state}`)
}

/** What became of a decided case, live until it is proven on the stream itself. */
export function Outcome({ detail, next }: { detail: CaseDetail; next: () => void }) {
  const { t } = useTranslation()
  const { state } = detail.case
  if (state === 'open' || state === 'claimed') return null
  return (
    <div className={`outcome s-${state}`} role="status" data-testid="outcome" data-state={state}>
      <Icon name={icons[state] ?? 'check'} />
      <span>{outcomeWords(t, detail)}</span>
      <button type="button" className="btn sm" data-testid="take-next" onClick={next}>
        {t('case.next')} <kbd>N</kbd>
      </button>
    </div>
  )
}
