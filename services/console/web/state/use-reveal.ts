import { useEffect, useState } from 'react'

/** Whether the still is shown: only while V or the pointer is held; release, a lost focus or another case hides it. */
export function useReveal(caseId: string | null): { revealed: boolean; reveal: (on: boolean) => void } {
  const [revealedCase, setRevealedCase] = useState<string | null>(null)
  useEffect(() => {
    const hide = () => setRevealedCase(null)
    const release = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === 'v') hide()
    }
    document.addEventListener('keyup', release)
    document.addEventListener('visibilitychange', hide)
    window.addEventListener('blur', hide)
    window.addEventListener('pointerup', hide)
    return () => {
      document.removeEventListener('keyup', release)
      document.removeEventListener('visibilitychange', hide)
      window.removeEventListener('blur', hide)
      window.removeEventListener('pointerup', hide)
    }
  }, [])
  return {
    revealed: caseId !== null && revealedCase === caseId,
    reveal: (on) => setRevealedCase(on ? caseId : null),
  }
}
