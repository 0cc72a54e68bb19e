import { useTranslation } from 'react-i18next'
import { useStatus } from '../api/queries.js'
import { translateCode } from '../i18n/translate-code.js'

/** Whether every engine answers, in one line of the top bar. */
export function EngineState({ connected }: { connected: boolean }) {
  const { t } = useTranslation()
  const { data } = useStatus()
  const names = data?.away.map((name) => translateCode(t, 'engine', name)).join(', ') ?? ''
  const away = data !== undefined && !data.ok
  const words = data === undefined ? t('top.unknown') : away ? t('top.away', { names }) : t('top.ready')
  return (
    <>
      {!connected && (
        <span className="health">
          <i className="dot away" aria-hidden="true" />
          {t('top.offline')}
        </span>
      )}
      <span className="health" role="status" data-testid="engine-state" data-ok={data?.ok ?? 'unknown'}>
        <i className={`dot ${away ? 'away' : data ? 'ok' : ''}`} aria-hidden="true" />
        {words}
      </span>
    </>
  )
}
