import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { secondsUntil } from '../format/clock.js'
import type { Notice } from '../state/notice.js'
import { useNow } from '../state/server-clock.js'
import { Icon } from './icon.js'
import { Ring } from './ring.js'

interface Props {
  notice: Notice
  undo: () => void
  close: () => void
}

type Decided = Extract<Notice, { kind: 'decision' }>

function DecisionToast({ notice, undo, close }: Props & { notice: Decided }) {
  const { t } = useTranslation()
  const { undoUntil, decidedAt, action } = notice.decision
  const now = useNow()
  const left = undoUntil === null ? 0 : secondsUntil(undoUntil, now)
  const whole = undoUntil === null ? 1 : (Date.parse(undoUntil) - Date.parse(decidedAt)) / 1000
  const over = left <= 0
  const ended = undoUntil === null ? t('toast.final') : t('toast.left')
  const words = over ? ended : t('toast.leaves', { seconds: Math.ceil(left) })
  useEffect(() => {
    if (!over) return undefined
    const timer = window.setTimeout(close, undoUntil === null ? 6_000 : 2_000)
    return () => window.clearTimeout(timer)
  }, [over, undoUntil, close])
  return (
    <>
      <Ring share={left / Math.max(1, whole)} />
      <div>
        <b>
          {t(`action.${action}`)}: {notice.title}
        </b>
        <small className="num">{words}</small>
      </div>
      {!over && (
        <button type="button" className="btn" data-testid="undo" onClick={undo}>
          {t('toast.undo')} <kbd>Z</kbd>
        </button>
      )}
    </>
  )
}

function MessageToast({ notice, close }: { notice: Extract<Notice, { kind: 'message' }>; close: () => void }) {
  const { t } = useTranslation()
  useEffect(() => {
    const timer = window.setTimeout(close, 8_000)
    return () => window.clearTimeout(timer)
  }, [notice, close])
  return (
    <>
      <Icon name={notice.bad ? 'warn' : 'check'} />
      <div className="said">{t(notice.text, notice.values ?? {})}</div>
      <button type="button" className="ib" aria-label={t('toast.close')} onClick={close}>
        <Icon name="x" />
      </button>
    </>
  )
}

/** What just happened; a decision counts down here until it leaves. */
export function Toast({ notice, undo, close }: Props) {
  const bad = notice.kind === 'message' && notice.bad === true
  return (
    <div className={`toast ${bad ? 'bad' : ''}`} role={bad ? 'alert' : 'status'} data-testid="toast">
      {notice.kind === 'decision' ? (
        <DecisionToast notice={notice} undo={undo} close={close} />
      ) : (
        <MessageToast notice={notice} close={close} />
      )}
    </div>
  )
}
