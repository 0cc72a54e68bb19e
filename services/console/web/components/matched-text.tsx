import type { SignalView } from '@streamkeeper/contracts'
import { useTranslation } from 'react-i18next'
import { formatClock } from '../format/clock.js'
import { markRanges } from '../format/mark-ranges.js'
import { streamTimeOf } from '../format/timeline-range.js'
import { translateCode } from '../i18n/translate-code.js'

/** A text as it was sent, the matches marked over their exact place, and what each stands for. */
function MatchedLine({ signal, startedAt }: { signal: SignalView; startedAt: string }) {
  const { t } = useTranslation()
  const parts = markRanges(signal.text ?? '', signal.matches)
  return (
    <li className={signal.severity >= 80 ? 'block' : 'hold'}>
      <span>
        <time className="num">{formatClock(streamTimeOf(signal, startedAt) / 1000)}</time>
        <span className="v">{translateCode(t, 'lane', signal.lane)}</span>
      </span>
      <div>
        <p>
          {signal.accountId !== null && <span className="dim">{signal.accountId} </span>}
          <span data-testid="matched-text">
            {parts.map((part) => (part.marked ? <mark key={part.at}>{part.text}</mark> : part.text))}
          </span>
        </p>
        {signal.matches.map((match) => (
          <p className="norm" key={`${match.start}-${match.end}-${match.entry}`}>
            <span className="to">{match.entry}</span>
            {match.via.map((via) => translateCode(t, 'via', via)).join(' + ')}
          </p>
        ))}
      </div>
    </li>
  )
}

/** Chat, reports and text in pictures that matched, in the order of the stream. */
export function MatchedText({ signals, startedAt }: { signals: readonly SignalView[]; startedAt: string }) {
  const { t } = useTranslation()
  const lines = signals.filter((signal) => signal.text !== null).sort((a, b) => a.seq - b.seq)
  return (
    <section className="chat" aria-label={t('chat.title')}>
      <header>
        <h2 className="h3">{t('chat.title')}</h2>
        <small>{t('chat.count', { count: lines.length })}</small>
      </header>
      {lines.length === 0 ? (
        <p className="chat-none">{t('chat.none')}</p>
      ) : (
        <ol>
          {lines.map((signal) => (
            <MatchedLine key={signal.signalId} signal={signal} startedAt={startedAt} />
          ))}
        </ol>
      )}
    </section>
  )
}
