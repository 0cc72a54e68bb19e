import type { CaseDetail, CommandView } from '@streamkeeper/contracts'
import { useTranslation } from 'react-i18next'
import { formatTimeOfDay, secondsUntil } from '../format/clock.js'
import { useNow } from '../state/server-clock.js'
import { Icon } from './icon.js'

const endsStream = new Set(['cut-stream', 'suspend-account', 'ban-account'])

const after = (from: string, to: string) => ((Date.parse(to) - Date.parse(from)) / 1000).toFixed(1)

/** Issued, sent, acknowledged, seen on the stream: each step with its time, or not yet. */
function Steps({ command, darkState }: { command: CommandView; darkState: CaseDetail['stream']['darkState'] }) {
  const { t } = useTranslation()
  const steps = [
    { name: 'issued', at: formatTimeOfDay(command.issuedAt) },
    { name: 'sent', at: command.sentAt && t('commands.after', { seconds: after(command.issuedAt, command.sentAt) }) },
    {
      name: 'acknowledged',
      at: command.acknowledgedAt && t('commands.after', { seconds: after(command.issuedAt, command.acknowledgedAt) }),
    },
  ]
  return (
    <ol className="steps">
      {steps.map(({ name, at }) => (
        <li key={name} className={at === null ? '' : 'ok'}>
          <Icon name={at === null ? 'clock' : 'check'} size={12} />
          {t(`commands.${name}`)} {at !== null && <span className="num">{at}</span>}
        </li>
      ))}
      {endsStream.has(command.action) && darkState !== 'none' && (
        <li className={darkState === 'dark' ? 'ok' : darkState === 'disobeyed' ? 'bad' : ''}>
          <Icon name={darkState === 'dark' ? 'check' : darkState === 'disobeyed' ? 'warn' : 'clock'} size={12} />
          {t(`darkState.${darkState}`)}
        </li>
      )}
    </ol>
  )
}

function Command({ command, darkState }: { command: CommandView; darkState: CaseDetail['stream']['darkState'] }) {
  const { t } = useTranslation()
  const wait = Math.ceil(secondsUntil(command.notBefore, useNow()))
  const bad = command.state === 'failed' || command.state === 'expired'
  return (
    <li className="command" data-testid="command-state" data-action={command.action} data-state={command.state}>
      <div>
        <b>{t(`action.${command.action}`)}</b>
        <span className={bad ? 'crit' : 'soft'}>
          {command.state === 'waiting' && wait > 0
            ? t('commands.leaves', { seconds: wait })
            : t(`commandState.${command.state}`)}
        </span>
      </div>
      {command.state !== 'cancelled' && <Steps command={command} darkState={darkState} />}
    </li>
  )
}

/** Every command of the stream, newest first. */
export function CommandList({ detail }: { detail: CaseDetail }) {
  const { t } = useTranslation()
  const commands = detail.commands.toReversed()
  return (
    <section>
      <header>
        <h3>{t('commands.title')}</h3>
        <span className="num dim">{commands.length}</span>
      </header>
      {commands.length === 0 ? (
        <p className="dim">{t('commands.none')}</p>
      ) : (
        <ul className="commands" data-testid="commands">
          {commands.map((command) => (
            <Command key={command.commandId} command={command} darkState={detail.stream.darkState} />
          ))}
        </ul>
      )}
    </section>
  )
}
