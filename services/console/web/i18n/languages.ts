import i18next from 'i18next'
import { recall, remember } from '../state/remembered.js'

/** Every language of the page: its name in itself, and the tag that fonts and screen readers go by. */
export const languages = {
  en: { name: 'English', tag: 'en' },
  zh: { name: '中文', tag: 'zh-Hans' },
} as const
export type Language = keyof typeof languages

const isLanguage = (word: string): word is Language => Object.hasOwn(languages, word)

/** The remembered language; before one was chosen, that of the browser; else English. */
export function firstLanguage(): Language {
  const kept = recall('language')
  if (kept !== null && isLanguage(kept)) return kept
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? 'en'
}

/** The language that the page speaks now. */
export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : 'en'
}

/** The one that the page does not speak now. */
export function otherLanguage(): Language {
  return currentLanguage() === 'en' ? 'zh' : 'en'
}

/** Puts the page into a language and remembers it. */
export async function speak(language: Language): Promise<void> {
  document.documentElement.lang = languages[language].tag
  remember('language', language)
  await i18next.changeLanguage(language)
}
