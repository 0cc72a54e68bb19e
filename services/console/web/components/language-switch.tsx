import { useTranslation } from 'react-i18next'
import { languages, otherLanguage, speak } from '../i18n/languages.js'

/** Puts the page into its other language. The button bears that language's own name: it is for people who cannot read this one. */
export function LanguageSwitch() {
  const { t } = useTranslation()
  const other = otherLanguage()
  const { name, tag } = languages[other]
  return (
    <button
      type="button"
      className="ib text"
      title={t('top.language')}
      lang={tag}
      data-testid="language-toggle"
      onClick={() => void speak(other)}
    >
      {name}
    </button>
  )
}
