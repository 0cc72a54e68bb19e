import type { DecisionView } from '@streamkeeper/contracts'
import { useTranslation } from 'react-i18next'
import { formatTimeOfDay } from '../format/clock.js'
import { translateCode } from '../i18n/translate-code.js'

/** What was decided on this case, by whom, and what the streamer was told. */
export function DecisionList({ decisions }: { decisions: readonly DecisionView[] }) {
  const { t } = useTranslation()
  if (decisions.length === 0) return null
  return (
    <section>
      <header>
        <h3>{t('decisions.title')}</h3>
      </header>
      <ul className="decisions" data-testid="decisions">
        {decisions.map(({ decisionId, action, label, decidedBy, decidedAt, textForStreamer, undoneAt }) => (
          <li key={decisionId} className={undoneAt === null ? '' : 'undone'}>
            <div>
              <b>{t(`action.${action}`)}</b>
              <span className="soft">{translateCode(t, 'label', label)}</span>
              <span className="num dim">{formatTimeOfDay(decidedAt)}</span>
              <span className="dim">
                {decidedBy.kind === 'policy' ? t('decisions.byPolicy', { id: decidedBy.id }) : decidedBy.id}
              </span>
              {undoneAt === null ? null : (
                <span className="note">{t('decisions.undone', { at: formatTimeOfDay(undoneAt) })}</span>
              )}
            </div>
            <p className="soft">{textForStreamer}</p>
          </li>
        ))}
      </ul>
    </section>
  )
}
