import { useTranslation } from 'react-i18next'
import { useStatus } from '../api/queries.js'
import { translateCode } from '../i18n/translate-code.js'

/** The engines that are away, by the names that people know. */
export function useAwayNames(): string | null {
  const { t } = useTranslation()
  const { data } = useStatus()
  if (data === undefined || data.ok) return null
  return data.away.map((name) => translateCode(t, 'engine', name)).join(', ')
}

/** Whether every engine answers, in one line of the top bar. */
export function EngineState({ connected }: { connected: boolean }) {
  const { t } = useTranslation()
  const { data } = useStatus()
  const names = useAwayNames()
  const known = data === undefined ? t('top.unknown') : t('top.ready')
  return (
    <>
      {!connected && (
        <span className="health">
          <i className="dot away" aria-hidden="true" />
          {t('top.offline')}
        </span>
      )}
      <span className="health" role="status" data-testid="engine-state" data-ok={data?.ok ?? 'unknown'}>
        <i className={`dot ${names !== null ? 'away' : data ? 'ok' : ''}`} aria-hidden="true" />
        {names === null ? known : t('top.away', { names })}
      </span>
    </>
  )
}
