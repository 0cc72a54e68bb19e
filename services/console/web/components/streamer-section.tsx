import type { CaseDetail } from '@streamkeeper/contracts'
import { useTranslation } from 'react-i18next'
import { formatClock } from '../format/clock.js'
import { translateCode } from '../i18n/translate-code.js'
import { Icon } from './icon.js'

/** What the registry and the session say of the streamer. */
export function StreamerSection({ detail }: { detail: CaseDetail }) {
  const { t } = useTranslation()
  const { streamer, stream } = detail
  const verified = streamer.realName === 'verified'
  const rows = [
    ['class', translateCode(t, 'class', detail.case.class)],
    ['ageBand', translateCode(t, 'ageBand', streamer.ageBand ?? 'unknown')],
    ['pastCases', String(streamer.pastCases)],
    ['length', formatClock(stream.lengthMs / 1000)],
    [
      'source',
      stream.address === null
        ? t('facts.unknown')
        : `${stream.address}${stream.port === null ? '' : ` : ${stream.port}`}`,
    ],
  ] as const
  return (
    <section>
      <header>
        <h3>{t('facts.streamer')}</h3>
        <span className="mono">{detail.case.accountId}</span>
      </header>
      <dl className="kv">
        <div>
          <dt>{t('facts.realName')}</dt>
          <dd className={verified ? 'okc' : 'high'}>
            <Icon name={verified ? 'check' : 'warn'} size={12} />
            {translateCode(t, 'realName', streamer.realName)}
          </dd>
        </div>
        <div>
          <dt>{t('facts.blacklist')}</dt>
          <dd className={streamer.blacklisted ? 'crit' : ''}>
            {streamer.blacklisted && <Icon name="warn" size={12} />}
            {t(streamer.blacklisted ? 'facts.listed' : 'facts.notListed')}
          </dd>
        </div>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{t(`facts.${name}`)}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
