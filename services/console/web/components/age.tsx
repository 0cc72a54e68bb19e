import { useTranslation } from 'react-i18next'
import { splitAge } from '../format/clock.js'
import { useNow } from '../state/server-clock.js'

/** How long ago a UTC time was, in its largest unit. */
export function Age({ since }: { since: string }) {
  const { t } = useTranslation()
  const { unit, value } = splitAge((useNow() - Date.parse(since)) / 1000)
  return <span title={t('queue.age')}>{t(`age.${unit}`, { value })}</span>
}
