import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/api-error.js'
import { StatePage } from './state-page.js'

/** What did not load, with its code, and the way to try again. */
export function ErrorState({ error, retry }: { error: Error; retry: () => void }) {
  const { t } = useTranslation()
  const status = error instanceof ApiError ? error.status : 0
  return (
    <StatePage icon="warn" title={t('state.errorTitle')} text={t('state.errorText')} tone="err">
      <div className="problem" role="alert" data-testid="error-state">
        <b>{error instanceof ApiError ? error.code : error.name}</b>{' '}
        {status > 0 && <span>{t('state.status', { status })}</span>}
        <p>{error.message}</p>
      </div>
      <button type="button" className="btn primary" onClick={retry}>
        {t('state.retry')}
      </button>
    </StatePage>
  )
}
