import { useTranslation } from 'react-i18next'
import { useStatus } from '../api/queries.js'
import { Hint } from './hint.js'

/** Says, for as long as it is so, that the archive locks nothing; nothing when it does. */
export function ArchiveState() {
  const { t } = useTranslation()
  const { data } = useStatus()
  if (data?.archive !== 'unlocked') return null
  return (
    <Hint text={t('top.unlockedWhy')}>
      <button type="button" className="health unlocked" data-testid="archive-state">
        <i className="dot warn" aria-hidden="true" />
        {t('top.unlocked')}
      </button>
    </Hint>
  )
}
