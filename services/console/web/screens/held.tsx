import type { HeldDecision } from '@streamkeeper/contracts'
import { useTranslation } from 'react-i18next'
import { ErrorState } from '../components/error-state.js'
import { HeldBar } from '../components/held-bar.js'
import { HeldFilter } from '../components/held-filter.js'
import { HeldPager } from '../components/held-pager.js'
import { HeldRow } from '../components/held-row.js'
import { StatePage } from '../components/state-page.js'
import { Toast } from '../components/toast.js'
import { intentOfHeldKey, type HeldIntent } from '../keys/held-keys.js'
import type { AnywhereIntent } from '../keys/key-intent.js'
import { useKeys } from '../keys/use-keys.js'
import { mark, markAll, meant, step } from '../state/held-selection.js'
import { idOf, useHeld, type Held as HeldState } from '../state/use-held.js'

interface Props {
  /** A dialog of the frame lies over the screen: keys are not for it. */
  isCovered: boolean
  /** What the keys do that work on every screen. */
  anywhere: Readonly<Record<AnywhereIntent, () => void>>
}

function useHeldActions(held: HeldState, anywhere: Props['anywhere']) {
  const { ids, rows, selection, select, decide: send, turnPage } = held
  const decide = (decision: HeldDecision) => {
    const chosen = new Set(meant(ids, selection))
    if (chosen.size > 0) send({ decision, messages: rows.filter((row) => chosen.has(idOf(row))) })
  }
  const markOne = (id: string | null, range: boolean) => {
    if (id !== null) select(mark(ids, selection, { id, range }))
  }
  const all = () => select(markAll(ids, selection))
  const act = (intent: HeldIntent) => {
    if (intent.do === 'step') select(step(ids, selection, intent))
    else if (intent.do === 'page') turnPage(intent.by)
    else if (intent.do === 'mark') markOne(selection.current, intent.range)
    else if (intent.do === 'decide') decide(intent.decision)
    else if (intent.do === 'all') all()
    else if (intent.do === 'none') select({ ...selection, anchor: null, selected: new Set() })
    else anywhere[intent.do]()
  }
  return { act, all, decide, markOne }
}

function Rows({ held, markOne }: { held: HeldState; markOne: (id: string, range: boolean) => void }) {
  const { t } = useTranslation()
  const { list, rows, selection, page, hasNext } = held
  if (list.isPending)
    return (
      <div className="held-list" aria-busy="true">
        <span className="sr" role="status">
          {t('held.loading')}
        </span>
        {['a', 'b', 'c', 'd', 'e'].map((key) => (
          <i key={key} className="sk sk-row" />
        ))}
      </div>
    )
  if (list.data === undefined) return <ErrorState error={list.error} retry={() => void list.refetch()} />
  if (rows.length === 0 && page === 1 && !hasNext)
    return (
      <div data-testid="held-empty">
        <StatePage icon="inbox" title={t('held.emptyTitle')} text={t('held.emptyText')} tone="calm" />
      </div>
    )
  return (
    <ul className="held-list" aria-label={t('held.title')}>
      {rows.map((row) => {
        const id = idOf(row)
        return (
          <HeldRow
            key={id}
            row={row}
            isCurrent={id === selection.current}
            isSelected={selection.selected.has(id)}
            mark={(range) => markOne(id, range)}
          />
        )
      })}
    </ul>
  )
}

/** The screen of held messages: each waits until somebody releases or blocks it, or its time is up. */
export function Held({ isCovered, anywhere }: Props) {
  const { t } = useTranslation()
  const held = useHeld()
  const { question, setQuestion, list, rows, selection, notice, closeNotice, page, hasNext, turnPage } = held
  const { act, all, decide, markOne } = useHeldActions(held, anywhere)
  useKeys(!isCovered, intentOfHeldKey, act)
  return (
    <div className="held">
      <header className="held-head">
        <h1>{t('held.title')}</h1>
        <small className="dim" data-testid="held-waiting">
          {list.data && t('held.waiting', { count: list.data.waiting })}
        </small>
        <HeldFilter question={question} ask={setQuestion} list={list.data} />
      </header>
      <Rows held={held} markOne={markOne} />
      <HeldPager page={page} shown={rows.length} hasNext={hasNext} turn={turnPage} />
      <HeldBar selected={selection.selected.size} count={rows.length} all={all} decide={decide} />
      {notice && <Toast notice={notice} undo={closeNotice} close={closeNotice} />}
    </div>
  )
}
