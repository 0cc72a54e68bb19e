import type { CaseDetail, SignalView } from '@streamkeeper/contracts'
import { useTranslation } from 'react-i18next'
import { formatClock } from '../format/clock.js'
import { axisMarks, percentOf, streamTimeOf, timelineRange, type Range } from '../format/timeline-range.js'
import { CoverageGaps, CoverageStripe } from './coverage-stripe.js'

interface Placed {
  signal: SignalView
  timeMs: number
}

const lanes = [
  { name: 'text', of: ['picture-text', 'code'], mark: 'sq' },
  { name: 'chat', of: ['chat'], mark: 'tick' },
  { name: 'reports', of: ['report'], mark: 'flag' },
]
const toneOf = ({ severity }: SignalView) => (severity >= 70 ? 'a' : severity >= 40 ? 'b' : 'c')

function Lanes({ placed, range }: { placed: readonly Placed[]; range: Range }) {
  const pictures = placed.filter(({ signal }) => ['picture', 'hash'].includes(signal.lane))
  return (
    <>
      <div className="tl-lane tall">
        {pictures.map(({ signal, timeMs }) => (
          <i
            key={signal.signalId}
            className={`hit ${toneOf(signal)}`}
            style={{ left: `${percentOf(timeMs, range)}%`, height: `${signal.score * 92}%` }}
          />
        ))}
      </div>
      {lanes.map((lane) => (
        <div key={lane.name} className="tl-lane low">
          {placed
            .filter(({ signal }) => lane.of.includes(signal.lane))
            .map(({ signal, timeMs }) => (
              <span
                key={signal.signalId}
                className={`mark ${lane.mark}`}
                style={{ left: `${percentOf(timeMs, range)}%` }}
              />
            ))}
        </div>
      ))}
    </>
  )
}

function Plot({
  detail,
  placed,
  range,
  head,
}: {
  detail: CaseDetail
  placed: Placed[]
  range: Range
  head: number | null
}) {
  const marks = axisMarks(range)
  return (
    <div className="tl-plot" aria-hidden="true">
      {marks.map((mark) => (
        <i key={mark} className="tl-g" style={{ left: `${percentOf(mark, range)}%` }} />
      ))}
      <Lanes placed={placed} range={range} />
      <CoverageStripe stretches={detail.coverage} range={range} />
      <div className="tl-axis num">
        {marks.map((mark) => (
          <span key={mark} style={{ left: `${percentOf(mark, range)}%` }}>
            {formatClock(mark / 1000)}
          </span>
        ))}
      </div>
      {head !== null && <div className="tl-head-line" style={{ left: `${percentOf(head, range)}%` }} />}
    </div>
  )
}

/** All hits of the case over the time of the stream, and below them what was looked at and what was not. */
export function Timeline({ detail, current }: { detail: CaseDetail; current: SignalView | null }) {
  const { t } = useTranslation()
  const { startedAt, lengthMs } = detail.stream
  const placed = detail.signals.map((signal) => ({ signal, timeMs: streamTimeOf(signal, startedAt) }))
  const range = timelineRange(
    placed.map(({ timeMs }) => timeMs),
    lengthMs,
  )
  return (
    <section className="tl" aria-label={t('timeline.title')}>
      <header className="tl-head">
        <h2 className="h3">{t('timeline.title')}</h2>
        <small className="num">
          {formatClock(range.fromMs / 1000)} – {formatClock(range.toMs / 1000)}
        </small>
        <span className="legend" aria-hidden="true">
          <i className="lg hit" />
          {t('timeline.hit')}
          <i className="lg gap" />
          {t('timeline.gap')}
        </span>
      </header>
      <div className="tl-grid">
        <div className="tl-names" aria-hidden="true">
          <div className="tall">{t('timeline.picture')}</div>
          {lanes.map((lane) => (
            <div key={lane.name} className="low">
              {t(`timeline.${lane.name}`)}
            </div>
          ))}
          <div className="cover-name">{t('timeline.looked')}</div>
        </div>
        <Plot detail={detail} placed={placed} range={range} head={current && streamTimeOf(current, startedAt)} />
      </div>
      <CoverageGaps stretches={detail.coverage} range={range} />
    </section>
  )
}
