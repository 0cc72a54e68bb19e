import { useCallback, useState } from 'react'
import { recall, remember } from './remembered.js'

export type Theme = 'dark' | 'light'

const readTheme = (): Theme => (recall('theme') === 'light' ? 'light' : 'dark')

/** Puts the remembered theme on the page before it is first drawn. */
export function applyTheme(): void {
  document.documentElement.dataset['theme'] = readTheme()
}

/** The theme and how to change it; remembered in this browser. */
export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState<Theme>(readTheme)
  const toggle = useCallback(() => {
    const other = theme === 'dark' ? 'light' : 'dark'
    remember('theme', other)
    document.documentElement.dataset['theme'] = other
    setTheme(other)
  }, [theme])
  return [theme, toggle]
}
