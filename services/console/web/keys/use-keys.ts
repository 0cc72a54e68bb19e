import { useEffect, useRef } from 'react'
import type { KeyPress } from './key-intent.js'

const typingTags = 'input:not([type="checkbox"]), textarea, select, [contenteditable]'
const controls = 'button, a, summary, [role="menuitem"]'

/** Hands the meaning that a screen gives to each key to `act` while `on` (no dialog is open). */
export function useKeys<Intent>(
  on: boolean,
  intentOf: (press: KeyPress) => Intent | null,
  act: (intent: Intent) => void,
): void {
  const latest = useRef(act)
  useEffect(() => {
    latest.current = act
  })
  useEffect(() => {
    if (!on) return undefined
    const press = (event: KeyboardEvent) => {
      // A menu or the toolbar has taken the key already.
      if (event.defaultPrevented) return
      const target = event.target instanceof Element ? event.target : document.body
      // Enter on the row that is open already claims it, as it does with the focus nowhere.
      const openRow = target.closest('[data-case-id][aria-current="true"]') !== null
      const intent = intentOf({
        key: event.key,
        repeat: event.repeat,
        shift: event.shiftKey,
        modified: event.ctrlKey || event.metaKey || event.altKey,
        typing: target.closest(typingTags) !== null,
        onControl: !openRow && target.closest(controls) !== null,
      })
      if (!intent) return
      event.preventDefault()
      latest.current(intent)
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [on, intentOf])
}
