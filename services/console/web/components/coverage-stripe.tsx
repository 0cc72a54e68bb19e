import type { StretchView } from '@streamkeeper/contracts'
import { useTranslation } from 'react-i18next'
import { formatClock } from '../format/clock.js'
import { percentOf, type Range } from '../format/timeline-range.js'
import { translateCode } from '../i18n/translate-code.js'

interface Props {
  stretches: readonly StretchView[]
  range: Range
}

const inRange = ({ stretches, range }: Props) =>
  stretches.filter((stretch) => stretch.toMs > range.fromMs && stretch.fromMs < range.toMs)

/** What the gate saved is no gap: the look before holds for it. */
const isGap = ({ state, reason }: StretchView): boolean => state === 'not-looked' && reason !== 'gate'

function classOf(stretch: StretchView): string {
  if (isGap(stretch)) return 'gap'
  return stretch.state === 'looked' ? 'ok' : 'ok same'
}

/** What was looked at; every gap is hatched. */
export function CoverageStripe({ stretches, range }: Props) {
  const { t } = useTranslation()
  return (
    <div className="tl-lane cover" data-testid="coverage">
      {inRange({ stretches, range }).map((stretch) => {
        const left = percentOf(stretch.fromMs, range)
        return (
          <i
            key={stretch.fromMs}
            className={classOf(stretch)}
            title={stretch.state === 'looked' ? undefined : translateCode(t, 'reason', stretch.reason ?? 'unknown')}
            style={{ left: `${left}%`, width: `${percentOf(stretch.toMs, range) - left}%` }}
          />
        )
      })}
    </div>
  )
}

/** The same gaps in words, with their reasons. */
export function CoverageGaps({ stretches, range }: Props) {
  const { t } = useTranslation()
  const shown = inRange({ stretches, range })
  const gaps = shown.filter(isGap)
  if (gaps.length === 0)
    return <p className="tl-gaps">{t(shown.length === 0 ? 'timeline.noCoverage' : 'timeline.noGaps')}</p>
  return (
    <p className="tl-gaps num" data-testid="coverage-gaps">
      <b>{t('timeline.gaps')}</b>
      {gaps.map((gap) => (
        <span key={gap.fromMs}>
          {t('timeline.gapAt', {
            from: formatClock(gap.fromMs / 1000),
            to: formatClock(gap.toMs / 1000),
            reason: translateCode(t, 'reason', gap.reason ?? 'unknown'),
          })}
        </span>
      ))}
    </p>
  )
}
