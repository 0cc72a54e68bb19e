import { useCallback, useEffect, useState } from 'react'

export type Screen = 'review' | 'held'

/** Null for an address that names no screen, as that of the skip link: then nothing changes. */
function screenOf(hash: string): Screen | null {
  if (hash === '#held') return 'held'
  return hash === '#review' || hash === '' ? 'review' : null
}

/** The screen that the address names, so that the browser's own back and reload work; and how to go to the other one. */
export function useScreen(): [Screen, () => void] {
  const [screen, setScreen] = useState<Screen>(() => screenOf(window.location.hash) ?? 'review')
  useEffect(() => {
    const follow = () => setScreen((shown) => screenOf(window.location.hash) ?? shown)
    window.addEventListener('hashchange', follow)
    return () => window.removeEventListener('hashchange', follow)
  }, [])
  const goToOther = useCallback(() => {
    window.location.hash = screen === 'held' ? '#review' : '#held'
  }, [screen])
  return [screen, goToOther]
}
