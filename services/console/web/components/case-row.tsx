import type { CaseSummary } from '@streamkeeper/contracts'
import { useTranslation } from 'react-i18next'
import { formatShort } from '../format/figure.js'
import { initials } from '../format/initials.js'
import { stepOfTier } from '../format/risk.js'
import { currentLanguage } from '../i18n/languages.js'
import { Age } from './age.js'
import { Countdown } from './countdown.js'
import { LabelChip } from './label-chip.js'

interface Props {
  row: CaseSummary
  me: string
  open: boolean
  choose: (caseId: string) => void
}

const waits = (row: CaseSummary) => row.state === 'open' || row.state === 'claimed'

function RiskBadge({ row, me }: Omit<Props, 'open' | 'choose'>) {
  const { t } = useTranslation()
  const step = stepOfTier(row.tier)
  const words = t('queue.risk', { severity: row.severity, tier: row.tier })
  const holder = row.claimedBy
  return (
    <span className="q-side">
      <span className={`risk t${step} num`} role="img" aria-label={words} title={words}>
        {row.severity}
      </span>
      <span className={`tier sev${step}`} aria-hidden="true">
        <i className="sev" />
        {row.tier}
      </span>
      {holder !== null && (
        <span
          className={`ava ${holder === me ? 'mine' : 'ghost'}`}
          role="img"
          aria-label={t('queue.claimedBy', { name: holder })}
          title={t('queue.claimedBy', { name: holder })}
          data-testid="claimed-by"
        >
          {initials(holder)}
        </span>
      )}
    </span>
  )
}

/** One case of the queue: risk, what, who watches, how long it may still wait. */
export function CaseRow({ row, me, open, choose }: Props) {
  const { t } = useTranslation()
  return (
    <button
      type="button"
      className={`q-row ${open ? 'on' : ''}`}
      aria-current={open}
      data-testid="case-row"
      data-case-id={row.caseId}
      data-state={row.state}
      onClick={() => choose(row.caseId)}
    >
      <RiskBadge row={row} me={me} />
      <span className="q-main">
        <span className="q-1">
          <b>{row.nickname ?? row.title}</b>
          <span className="q-due" title={t('queue.deadline')}>
            {waits(row) ? <Countdown until={row.deadlineAt} warnAt={120} /> : t(`caseState.${row.state}`)}
          </span>
        </span>
        {row.nickname !== null && <span className="q-title">{row.title}</span>}
        <span className="q-2">
          {row.labels.map((label) => (
            <LabelChip key={label} label={label} step={stepOfTier(row.tier)} />
          ))}
        </span>
        <span className="q-3 num">
          <span className={row.live ? 'live' : ''} title={t('queue.viewers')}>
            <i className={`dot ${row.live ? 'live' : ''}`} aria-hidden="true" />
            {row.live ? formatShort(row.viewers, currentLanguage()) : t('queue.ended')}
          </span>
          <span>{t('queue.hits', { count: row.hits })}</span>
          <Age since={row.openedAt} />
        </span>
      </span>
    </button>
  )
}
