import { useCallback, useState } from 'react'

export type Theme = 'dark' | 'light'
const place = 'streamkeeper.theme'

/** Storage can be switched off; then the theme lasts as long as the page. */
function readTheme(): Theme {
  try {
    return localStorage.getItem(place) === 'light' ? 'light' : 'dark'
  } catch (error) {
    if (error instanceof DOMException) return 'dark'
    throw error
  }
}

function keepTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme
  try {
    localStorage.setItem(place, theme)
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
  }
}

/** Puts the remembered theme on the page before it is first drawn. */
export function applyTheme(): void {
  document.documentElement.dataset['theme'] = readTheme()
}

/** The theme and how to change it; remembered in this browser. */
export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState<Theme>(readTheme)
  const toggle = useCallback(() => {
    const other = theme === 'dark' ? 'light' : 'dark'
    keepTheme(other)
    setTheme(other)
  }, [theme])
  return [theme, toggle]
}
