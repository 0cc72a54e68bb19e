import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import en from './en.json' with { type: 'json' }
import { firstLanguage, languages } from './languages.js'
import zh from './zh.json' with { type: 'json' }

/** Starts the strings. A language is one file beside en.json, one line here and one in languages.ts. */
export async function startI18n(): Promise<void> {
  const language = firstLanguage()
  document.documentElement.lang = languages[language].tag
  await i18next.use(initReactI18next).init({
    resources: { en: { translation: en }, zh: { translation: zh } },
    lng: language,
    fallbackLng: 'en',
    // React escapes what it shows.
    interpolation: { escapeValue: false },
  })
}
