import type { SignalView } from '@streamkeeper/contracts'
import { useTranslation } from 'react-i18next'
import { stepOfSeverity } from '../format/risk.js'
import { translateCode } from '../i18n/translate-code.js'
import { scoreRows, type ScoreRow } from '../state/score-rows.js'
import { LabelChip } from './label-chip.js'

function Row({ row }: { row: ScoreRow }) {
  const { t } = useTranslation()
  const peak = row.peak.toFixed(2)
  const tone = row.severity >= 70 ? 'a' : row.severity >= 40 ? 'b' : ''
  return (
    <tr>
      <td>
        <b>{translateCode(t, 'lane', row.lane)}</b>
        <LabelChip label={row.label} step={stepOfSeverity(row.severity)} />
        <small title={t('facts.digest', { sha256: row.source.sha256 })}>
          {row.source.name} {row.source.version}
        </small>
        {row.sample && <small className="sample">{t('facts.sample')}</small>}
      </td>
      <td className="r num">{row.hits}</td>
      <td className="w">
        <span className="meter" role="img" aria-label={t('facts.score', { score: peak })}>
          <i className={tone} style={{ width: `${row.peak * 100}%` }} />
        </span>
      </td>
      <td className="r num">{peak}</td>
    </tr>
  )
}

/** Which models and rules made this a case, in their versions. */
export function WhySection({ signals }: { signals: readonly SignalView[] }) {
  const { t } = useTranslation()
  return (
    <section>
      <header>
        <h3>{t('facts.why')}</h3>
      </header>
      {signals.length === 0 ? (
        <p className="dim">{t('facts.noSignals')}</p>
      ) : (
        <table className="scores">
          <thead>
            <tr>
              <th>{t('facts.signal')}</th>
              <th className="r">{t('facts.hits')}</th>
              <th colSpan={2}>{t('facts.peak')}</th>
            </tr>
          </thead>
          <tbody>
            {scoreRows(signals).map((row) => (
              <Row key={row.key} row={row} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
