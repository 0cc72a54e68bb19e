import type { CommandView } from '@streamkeeper/contracts'
import { useTranslation } from 'react-i18next'
import { formatClock, secondsUntil } from '../format/clock.js'
import { useNow } from '../state/server-clock.js'
import { Icon, type IconName } from './icon.js'

const icons: Partial<Record<CommandView['action'], IconName>> = { 'blur-picture': 'blur', 'mute-audio': 'mute' }

function Running({ command, revertsAt }: { command: CommandView; revertsAt: string }) {
  const { t } = useTranslation()
  const left = secondsUntil(revertsAt, useNow())
  const whole = (Date.parse(revertsAt) - Date.parse(command.issuedAt)) / 1000
  const share = Math.max(0, Math.min(1, left / Math.max(1, whole)))
  return (
    <section className="prov" data-testid="provisional" data-action={command.action}>
      <header>
        <h3>
          <Icon name={icons[command.action] ?? 'shield'} />
          {t('provisional.title', { action: t(`action.${command.action}`) })}
        </h3>
        <span className="tag">{t('provisional.tag')}</span>
      </header>
      <div className="prov-c">
        <span>{t('provisional.reverts')}</span>
        <b className={`num ${left < 60 ? 'soon' : ''}`}>{left > 0 ? formatClock(left) : t('provisional.due')}</b>
      </div>
      <span className="line">
        <i style={{ width: `${share * 100}%` }} />
      </span>
    </section>
  )
}

/** What a machine did for a time, and when it is taken back unless a person confirms it. */
export function ProvisionalSection({ commands }: { commands: readonly CommandView[] }) {
  const { t } = useTranslation()
  const running = commands.filter((command) => command.provisional?.state === 'running')
  if (running.length === 0)
    return (
      <section className="prov none">
        <p>{t('provisional.none')}</p>
      </section>
    )
  return running.map(
    (command) =>
      command.provisional && (
        <Running key={command.commandId} command={command} revertsAt={command.provisional.revertsAt} />
      ),
  )
}
