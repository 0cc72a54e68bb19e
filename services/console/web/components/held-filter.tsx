import type { HeldList } from '@streamkeeper/contracts'
import { useTranslation } from 'react-i18next'
import type { HeldQuestion } from '../api/create-api.js'
import { formatNumber } from '../format/figure.js'

interface Props {
  question: HeldQuestion
  ask: (question: HeldQuestion) => void
  list: HeldList | undefined
}

const orders = ['oldest', 'newest'] as const

/** Of which stream, and in which order. */
export function HeldFilter({ question, ask, list }: Props) {
  const { t } = useTranslation()
  const { stream, order, limit } = question
  const streams = list?.streams ?? []
  const isGone = stream !== undefined && !streams.some(({ streamId }) => streamId === stream)
  return (
    <div className="held-filter">
      <label className="f inline">
        <span>{t('held.stream')}</span>
        <select
          value={stream ?? ''}
          data-testid="held-stream"
          onChange={({ target }) => ask({ order, limit, ...(target.value === '' ? {} : { stream: target.value }) })}
        >
          <option value="">{t('held.allStreams')}</option>
          {isGone && <option value={stream}>{stream}</option>}
          {streams.map(({ streamId, title, waiting }) => (
            <option key={streamId} value={streamId}>
              {title ?? streamId} ({formatNumber(waiting)})
            </option>
          ))}
        </select>
      </label>
      <div className="tabs" role="group" aria-label={t('held.order')}>
        {orders.map((each) => (
          <button
            type="button"
            key={each}
            aria-pressed={order === each}
            onClick={() => ask({ ...question, order: each })}
          >
            {t(`held.${each}`)}
          </button>
        ))}
      </div>
    </div>
  )
}
