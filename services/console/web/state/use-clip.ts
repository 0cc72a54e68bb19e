import { useState } from 'react'

/** Whether the clip of the hit on show plays; another hit or case ends it. */
export function useClip(caseId: string | null, signalId: string | null): { isPlaying: boolean; toggle: () => void } {
  const of = caseId === null || signalId === null ? null : JSON.stringify([caseId, signalId])
  const [playing, setPlaying] = useState<string | null>(null)
  const isPlaying = of !== null && playing === of
  return { isPlaying, toggle: () => setPlaying(isPlaying ? null : of) }
}
