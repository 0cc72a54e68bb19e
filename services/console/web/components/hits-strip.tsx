import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { evidenceUrl } from '../api/create-api.js'
import { formatClock } from '../format/clock.js'
import { translateCode } from '../i18n/translate-code.js'
import type { HitGroup } from '../state/group-hits.js'
import type { Hits } from '../state/use-hits.js'

interface HitProps {
  caseId: string
  group: HitGroup
  open: boolean
  choose: () => void
}

function Hit({ caseId, group, open, choose }: HitProps) {
  const { t } = useTranslation()
  const { signal, count } = group
  const place = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    // Only the strip moves: scrollIntoView would move the whole case with it.
    const hit = place.current
    const strip = hit?.parentElement
    if (open && hit && strip) strip.scrollLeft = hit.offsetLeft - (strip.clientWidth - hit.clientWidth) / 2
  }, [open])
  const time = formatClock((signal.streamTimeMs ?? 0) / 1000)
  return (
    <button
      type="button"
      ref={place}
      className={`still ${open ? 'on' : ''}`}
      aria-pressed={open}
      data-testid="hit"
      onClick={choose}
    >
      <span className="pic">
        {signal.preview !== null && (
          <img className="veil" src={evidenceUrl(signal.preview, caseId)} alt="" loading="lazy" />
        )}
        {count > 1 && <em className="num">×{count}</em>}
      </span>
      <span className="cap">
        <b className="num">{time}</b>
        <span className="sr">{translateCode(t, 'label', signal.label)}</span>
        <span className={`num ${signal.severity >= 70 ? 'crit' : 'high'}`}>{signal.score.toFixed(2)}</span>
      </span>
    </button>
  )
}

/** All hits with a picture, copies of one picture under one count. */
export function HitsStrip({ caseId, total, hits }: { caseId: string; total: number; hits: Hits }) {
  const { t } = useTranslation()
  return (
    <section className="strip">
      <header>
        <h2 className="h3">{t('evidence.hits')}</h2>
        <small>{t('queue.hits', { count: total })}</small>
        <span className="grow" />
        <small className="dim">
          {t('evidence.hitsNote')} <kbd>V</kbd>
        </small>
      </header>
      {hits.groups.length === 0 ? (
        <p className="dim">{t('evidence.noHits')}</p>
      ) : (
        <div className="stills">
          {hits.groups.map((group, at) => (
            <Hit
              key={group.signal.preview ?? group.signal.signalId}
              caseId={caseId}
              group={group}
              open={at === hits.index}
              choose={() => hits.show(at)}
            />
          ))}
        </div>
      )}
    </section>
  )
}
