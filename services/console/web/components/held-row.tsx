import type { HeldView, TextMatch } from '@streamkeeper/contracts'
import { useEffect, useRef, type ChangeEvent, type MouseEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { markRanges } from '../format/mark-ranges.js'
import { stepOfSeverity } from '../format/risk.js'
import { translateCode } from '../i18n/translate-code.js'
import { Age } from './age.js'
import { Countdown } from './countdown.js'

interface Props {
  row: HeldView
  isCurrent: boolean
  isSelected: boolean
  mark: (range: boolean) => void
}

const elsewhere = 'select, [role="menu"], [role="dialog"], .held-filter, .top-right'

/** What was found: the entry, its category, and through which disguise. */
function Found({ match }: { match: TextMatch }) {
  const { t } = useTranslation()
  return (
    <span className="held-found">
      <span className={`chip sev${stepOfSeverity(match.severity)}`} title={match.category}>
        <i className="sev" aria-hidden="true" />
        <span>{translateCode(t, 'label', match.category)}</span>
      </span>
      <bdi>{match.entry}</bdi>
      {match.via.length > 0 && (
        <span className="dim">{match.via.map((via) => translateCode(t, 'via', via)).join(' + ')}</span>
      )}
    </span>
  )
}

function Why({ row: { matches, fallback } }: Pick<Props, 'row'>) {
  const { t } = useTranslation()
  return (
    <span className="held-why">
      {fallback !== null && (
        <span className="tag">{t('held.fallback', { why: translateCode(t, 'unjudged', fallback) })}</span>
      )}
      {matches.map((match) => (
        <Found key={`${match.start}-${match.end}-${match.entry}-${match.category}`} match={match} />
      ))}
    </span>
  )
}

function Words({ row: { text, matches } }: Pick<Props, 'row'>) {
  const { t } = useTranslation()
  if (text === null) return <span className="held-text dim">{t('held.noText')}</span>
  return (
    <bdi className="held-text" data-testid="held-text">
      {markRanges(text, matches).map((part) => (part.marked ? <mark key={part.at}>{part.text}</mark> : part.text))}
    </bdi>
  )
}

function isRange({ nativeEvent }: ChangeEvent): boolean {
  return 'shiftKey' in nativeEvent && nativeEvent.shiftKey === true
}

/** Shift with a click selects messages here, where the browser would select text and leave the box as it is. */
function keepSelection(event: MouseEvent): void {
  if (event.shiftKey) event.preventDefault()
}

/** One held message: who wrote what and where, why it is held, and what becomes of it when nobody decides. */
export function HeldRow({ row, isCurrent, isSelected, mark }: Props) {
  const { t } = useTranslation()
  const box = useRef<HTMLInputElement>(null)
  useEffect(() => {
    // The list may move by itself: whoever is at something else keeps the focus there.
    if (isCurrent && document.activeElement?.closest(elsewhere) == null) box.current?.focus()
  }, [isCurrent])
  return (
    <li
      className={`held-row ${isCurrent ? 'on' : ''} ${isSelected ? 'sel' : ''}`}
      aria-current={isCurrent}
      data-testid="held-row"
      data-message-id={row.messageId}
      data-selected={isSelected}
    >
      <label onMouseDown={keepSelection}>
        <input
          ref={box}
          type="checkbox"
          checked={isSelected}
          tabIndex={isCurrent ? 0 : -1}
          onChange={(event) => mark(isRange(event))}
        />
        <span className="held-main">
          <span className="held-who">
            <b>
              <bdi>{row.nickname ?? row.accountId ?? t('held.nobody')}</bdi>
            </b>
            {row.nickname !== null && row.accountId !== null && <bdi className="dim mono">{row.accountId}</bdi>}
            <span className="dim">
              {t('held.in')} <bdi>{row.title ?? row.streamId}</bdi>
            </span>
          </span>
          <Words row={row} />
          <Why row={row} />
        </span>
      </label>
      <span className="held-side num">
        <Countdown until={row.dueAt} warnAt={60} />
        <small className="dim">{t(`held.then.${row.timeoutVerdict}`)}</small>
        <small className="dim">
          <Age since={row.heldAt} of={t('held.age')} />
        </small>
      </span>
    </li>
  )
}
