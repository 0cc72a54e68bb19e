import type { AlarmView } from '@streamkeeper/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../api/create-api.js'
import { keysOf, useAlarms } from '../api/queries.js'
import { Age } from './age.js'
import { Icon } from './icon.js'
import { Modal } from './modal.js'

const isOpen = ({ endedAt, takenBy }: AlarmView): boolean => endedAt === null && takenBy === null

/** How many alarms nobody has taken; opens the list. `hasKey`: the key A does so too. */
export function AlarmButton({ open, hasKey }: { open: () => void; hasKey: boolean }) {
  const { t } = useTranslation()
  const count = useAlarms().data?.open ?? 0
  return (
    <>
      <button
        type="button"
        className={`health alarms ${count > 0 ? 'bad' : ''}`}
        data-testid="open-alarms"
        data-count={count}
        onClick={open}
      >
        <Icon name={count > 0 ? 'warn' : 'check'} size={14} />
        {count > 0 ? t('alarms.open', { count }) : t('alarms.none')} {hasKey && <kbd>A</kbd>}
      </button>
      <span className="sr" role="alert">
        {count > 0 ? t('alarms.open', { count }) : ''}
      </span>
    </>
  )
}

function Alarm({ alarm, take }: { alarm: AlarmView; take: (alarmId: number) => void }) {
  const { t } = useTranslation()
  const { alarmId, kind, subject, message, raisedAt, endedAt, takenBy } = alarm
  const state = endedAt !== null ? t('alarms.over') : takenBy !== null ? t('alarms.taken', { name: takenBy }) : null
  return (
    <li className={isOpen(alarm) ? 'open' : ''} data-testid="alarm" data-kind={kind} data-open={isOpen(alarm)}>
      <div>
        <b>{t(`alarmKind.${kind}`)}</b>
        <span className="mono">{subject}</span>
        <small className="num dim">
          <Age since={raisedAt} />
        </small>
      </div>
      <p>{t(`alarmAdvice.${kind}`)}</p>
      <p className="dim" lang="en">
        {message}
      </p>
      {state === null ? (
        <button type="button" className="btn sm" data-testid="take-alarm" onClick={() => take(alarmId)}>
          {t('alarms.take')}
        </button>
      ) : (
        <small className="dim">{state}</small>
      )}
    </li>
  )
}

/** Every open alarm and the latest that are over. */
export function AlarmDialog({ close }: { close: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { data } = useAlarms()
  const take = useMutation({
    mutationFn: api.takeAlarm,
    onSettled: () => void client.invalidateQueries({ queryKey: keysOf.alarms }),
  })
  const alarms = data?.alarms ?? []
  return (
    <Modal title={t('alarms.title')} className="alarms-list" testId="alarm-dialog" close={close}>
      {alarms.length === 0 ? (
        <p className="dim">{t('alarms.empty')}</p>
      ) : (
        <ul tabIndex={0} aria-label={t('alarms.title')}>
          {alarms.map((alarm) => (
            <Alarm key={alarm.alarmId} alarm={alarm} take={take.mutate} />
          ))}
        </ul>
      )}
    </Modal>
  )
}
