import { useCallback, useEffect, useRef, useState } from 'react'
import { stepSelection } from './step-selection.js'

/** Which case is open. It stays open when the queue is sorted anew or the case leaves it, until another is chosen. */
export function useSelection(ids: readonly string[]) {
  const [chosen, choose] = useState<string | null>(null)
  const last = useRef(0)
  const first = ids[0] ?? null
  useEffect(() => {
    if (chosen === null && first !== null) choose(first)
  }, [chosen, first])
  useEffect(() => {
    const at = chosen === null ? -1 : ids.indexOf(chosen)
    if (at >= 0) last.current = at
  }, [chosen, ids])
  const step = useCallback(
    (by: 1 | -1) => {
      const to = stepSelection(ids, { id: chosen, last: last.current }, by)
      if (to !== null) choose(to)
    },
    [ids, chosen],
  )
  // The first is open from the moment that it is seen: a key pressed then is meant for it.
  return { openId: chosen ?? first, choose, step }
}
