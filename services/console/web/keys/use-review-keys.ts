import { useEffect, useRef } from 'react'
import { intentOfKey, type KeyIntent } from './key-intent.js'

const typingTags = 'input, textarea, select, [contenteditable]'
const controls = 'button, a, summary, [role="menuitem"]'

/** Hands the meaning of each key to `act` while `on` (no dialog is open). */
export function useReviewKeys(on: boolean, act: (intent: KeyIntent) => void): void {
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
      const intent = intentOfKey({
        key: event.key,
        repeat: event.repeat,
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
  }, [on])
}
