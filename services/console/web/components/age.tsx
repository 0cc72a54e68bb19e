import { useTranslation } from 'react-i18next'
import { splitAge } from '../format/clock.js'
import { useNow } from '../state/server-clock.js'

/** How long ago a UTC time was, in its largest unit; `of` says whose age it is, without it the case's. */
export function Age({ since, of }: { since: string; of?: string }) {
  const { t } = useTranslation()
  const { unit, value } = splitAge((useNow() - Date.parse(since)) / 1000)
  return <span title={of ?? t('queue.age')}>{t(`age.${unit}`, { value })}</span>
}
