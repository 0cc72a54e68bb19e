import type { SignalView } from '@streamkeeper/contracts'
import { useTranslation } from 'react-i18next'
import { clipUrl, evidenceUrl } from '../api/create-api.js'
import { formatClock } from '../format/clock.js'
import { stepOfSeverity } from '../format/risk.js'
import type { Hits } from '../state/use-hits.js'
import { useStill } from '../state/use-still.js'
import { ClipPlayer } from './clip-player.js'
import { Icon } from './icon.js'
import { LabelChip } from './label-chip.js'

interface Props {
  caseId: string
  hits: Hits
  revealed: boolean
  reveal: (on: boolean) => void
  /** Whether the clip of the hit plays in place of its picture. */
  isPlaying: boolean
  play: () => void
}

function Preview({ caseId, signal, time }: { caseId: string; signal: SignalView; time: string }) {
  const { t } = useTranslation()
  if (signal.preview === null) return <p className="screen-note">{t('evidence.noPreview')}</p>
  return (
    <img
      className="veil"
      src={evidenceUrl(signal.preview, caseId)}
      alt={t('evidence.blurred', { time })}
      data-testid="preview"
    />
  )
}

/** The picture of a hit: its blurred preview, and the still only while it is held. */
function Screen({ caseId, signal, revealed }: { caseId: string; signal: SignalView; revealed: boolean }) {
  const { t } = useTranslation()
  const address = revealed && signal.still !== null ? evidenceUrl(signal.still, caseId) : null
  const still = useStill(address)
  const time = formatClock((signal.streamTimeMs ?? 0) / 1000)
  if (address !== null && still.url !== null)
    return <img src={still.url} alt={t('evidence.still', { time })} data-testid="still-shown" />
  return (
    <>
      <Preview caseId={caseId} signal={signal} time={time} />
      {address !== null && (
        <p className="screen-note" role="status">
          {still.code === null ? t('evidence.loading') : t('evidence.failed', { code: still.code })}
        </p>
      )}
    </>
  )
}

function HoldButton({ revealed, reveal }: Pick<Props, 'revealed' | 'reveal'>) {
  const { t } = useTranslation()
  if (revealed) return <span className="veil-note">{t('evidence.shown')}</span>
  return (
    <button type="button" className="veil-note" data-testid="hold-to-show" onPointerDown={() => reveal(true)}>
      <Icon name="eye" />
      <span>
        {t('evidence.hold')} <kbd>V</kbd> {t('evidence.toShow')}
      </span>
    </button>
  )
}

function Controls({ hits, isPlaying, play }: Pick<Props, 'hits' | 'isPlaying' | 'play'>) {
  const { t } = useTranslation()
  const { current, index, groups, show } = hits
  return (
    <div className="controls">
      <button type="button" className="ib" aria-label={t('evidence.previous')} onClick={() => show(index - 1)}>
        <Icon name="back" />
      </button>
      <button type="button" className="ib" aria-label={t('evidence.next')} onClick={() => show(index + 1)}>
        <Icon name="forward" />
      </button>
      {current && (
        <>
          <b className="num">{formatClock((current.streamTimeMs ?? 0) / 1000)}</b>
          <LabelChip label={current.label} step={stepOfSeverity(current.severity)} />
          <b className="num">{current.score.toFixed(2)}</b>
        </>
      )}
      <span className="grow" />
      {current && (
        <button type="button" className="btn sm" aria-pressed={isPlaying} data-testid="play-clip" onClick={play}>
          {t('evidence.playClip')} <kbd>C</kbd>
        </button>
      )}
      {groups.length > 0 && (
        <span className="num dim">{t('evidence.position', { index: index + 1, count: groups.length })}</span>
      )}
    </div>
  )
}

/** The clip while it plays, else the picture, else that there is none. */
function Shown({
  caseId,
  signal,
  revealed,
  isPlaying,
}: Pick<Props, 'caseId' | 'revealed' | 'isPlaying'> & { signal: SignalView | null }) {
  const { t } = useTranslation()
  if (signal === null || (!isPlaying && (signal.preview ?? signal.still) === null))
    return <p className="screen-note">{t('evidence.noPicture')}</p>
  if (!isPlaying) return <Screen caseId={caseId} signal={signal} revealed={revealed} />
  return <ClipPlayer key={signal.signalId} address={clipUrl(caseId, signal.signalId)} revealed={revealed} />
}

/** The picture in the centre, with the step from hit to hit. */
export function Player({ caseId, hits, revealed, reveal, isPlaying, play }: Props) {
  const { t } = useTranslation()
  const signal = hits.current
  return (
    <section className="player" aria-label={t('evidence.picture')}>
      <div className="screen">
        <Shown {...{ caseId, signal, revealed, isPlaying }} />
        {signal?.still && !isPlaying && <HoldButton revealed={revealed} reveal={reveal} />}
      </div>
      <Controls hits={hits} isPlaying={isPlaying} play={play} />
      {signal && signal.codes.length > 0 && (
        <p className="codes">
          <span className="dim">{t('evidence.codes')}</span> <code>{signal.codes.join('  ')}</code>
        </p>
      )}
    </section>
  )
}
