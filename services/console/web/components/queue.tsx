import type { CaseList } from '@streamkeeper/contracts'
import type { UseQueryResult } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { ListState } from '../api/create-api.js'
import { formatNumber } from '../format/figure.js'
import { CaseRow } from './case-row.js'

const queueTabs = ['waiting', 'mine', 'decided'] as const satisfies readonly ListState[]
export type QueueTab = (typeof queueTabs)[number]

/** The tab to the right of one; after the last comes the first. */
export function tabAfter(tab: QueueTab): QueueTab {
  return queueTabs[(queueTabs.indexOf(tab) + 1) % queueTabs.length] ?? 'waiting'
}

interface Props {
  tab: QueueTab
  setTab: (tab: QueueTab) => void
  list: UseQueryResult<CaseList>
  me: string
  openId: string | null
  choose: (caseId: string) => void
}

function Tabs({ tab, setTab, waiting }: Pick<Props, 'tab' | 'setTab'> & { waiting: number | undefined }) {
  const { t } = useTranslation()
  return (
    <div className="tabs" role="group" aria-label={t('queue.filter')}>
      {queueTabs.map((name) => (
        <button
          type="button"
          key={name}
          aria-pressed={tab === name}
          data-testid={`queue-${name}`}
          onClick={() => setTab(name)}
        >
          {t(`queue.${name}`)}{' '}
          {name === 'waiting' && waiting !== undefined && <span className="num">{formatNumber(waiting)}</span>}
        </button>
      ))}
    </div>
  )
}

/** The queue, in the order that the server gives. */
export function Queue({ tab, setTab, list, me, openId, choose }: Props) {
  const { t } = useTranslation()
  const rows = list.data?.cases ?? []
  return (
    <section className="queue" aria-label={t('queue.title')} aria-busy={list.isPending}>
      <header>
        <h2>{t('queue.title')}</h2>
        <small>{t('queue.order')}</small>
      </header>
      <Tabs tab={tab} setTab={setTab} waiting={list.data?.waiting} />
      <div className="q-list">
        {list.isPending && ['a', 'b', 'c', 'd'].map((key) => <i key={key} className="sk sk-row" />)}
        {rows.map((row) => (
          <CaseRow key={row.caseId} row={row} me={me} open={row.caseId === openId} choose={choose} />
        ))}
        {list.data && rows.length === 0 && (
          <p className="q-more" data-testid="queue-empty">
            {t(`queue.none.${tab}`)}
          </p>
        )}
      </div>
    </section>
  )
}
