import { verdicts, type VerdictChoice } from './verdicts.js'

/** What works wherever the person is, whatever is open. */
export type AnywhereIntent = 'help' | 'alarms' | 'theme' | 'language' | 'screen'

export type KeyIntent =
  | {
      do:
        | 'next'
        | 'previous'
        | 'claim'
        | 'take-next'
        | 'release'
        | 'tab'
        | 'reveal'
        | 'clip'
        | 'hit-next'
        | 'hit-previous'
    }
  | { do: 'undo' | AnywhereIntent }
  | { do: 'verdict'; choice: VerdictChoice }

export interface KeyPress {
  key: string
  repeat: boolean
  shift: boolean
  /** Ctrl, Alt or Meta is down: the browser's own shortcut. */
  modified: boolean
  /** The focus is in a field that takes text. */
  typing: boolean
  /** The focus is on something that Enter works already (a button, a link). */
  onControl: boolean
}

const plainKeys = new Map<string, KeyIntent>([
  ['j', { do: 'next' }],
  ['k', { do: 'previous' }],
  ['Enter', { do: 'claim' }],
  ['n', { do: 'take-next' }],
  ['r', { do: 'release' }],
  ['f', { do: 'tab' }],
  ['v', { do: 'reveal' }],
  ['c', { do: 'clip' }],
  ['ArrowRight', { do: 'hit-next' }],
  ['ArrowLeft', { do: 'hit-previous' }],
  ['z', { do: 'undo' }],
  ['g', { do: 'screen' }],
  ['a', { do: 'alarms' }],
  ['t', { do: 'theme' }],
  ['l', { do: 'language' }],
  ['?', { do: 'help' }],
])

const stepping = new Set(['next', 'previous', 'hit-next', 'hit-previous'])

/** What a key means on the review screen; null when it is not ours. Only stepping keys may repeat. */
export function intentOfKey(press: KeyPress): KeyIntent | null {
  if (press.modified || press.typing) return null
  if (press.key === 'Enter' && press.onControl) return null
  const choice = verdicts.find((verdict) => verdict.key === press.key)
  const intent: KeyIntent | undefined = choice
    ? { do: 'verdict', choice }
    : plainKeys.get(press.key.length === 1 ? press.key.toLowerCase() : press.key)
  if (!intent || (press.repeat && !stepping.has(intent.do))) return null
  return intent
}

/** A group of the key map: keys and the name of their meaning in the strings. */
export interface KeyGroup {
  readonly name: string
  readonly rows: readonly { readonly keys: readonly string[]; readonly means: string }[]
}

/** The key map of the review screen as the help dialog shows it. */
export const keyGroups: readonly KeyGroup[] = [
  {
    name: 'move',
    rows: [
      { keys: ['J', 'K'], means: 'step' },
      { keys: ['Enter'], means: 'claim' },
      { keys: ['N'], means: 'takeNext' },
      { keys: ['R'], means: 'release' },
      { keys: ['F'], means: 'tab' },
    ],
  },
  {
    name: 'evidence',
    rows: [
      { keys: ['V'], means: 'reveal' },
      { keys: ['C'], means: 'clip' },
      { keys: ['←', '→'], means: 'hits' },
    ],
  },
  {
    name: 'verdict',
    rows: [
      { keys: ['1'], means: 'noViolation' },
      { keys: ['2', '3', '4'], means: 'light' },
      { keys: ['5', '6', '7'], means: 'heavy' },
      { keys: ['Enter'], means: 'confirm' },
    ],
  },
  {
    name: 'anywhere',
    rows: [
      { keys: ['Z'], means: 'undo' },
      { keys: ['G'], means: 'toHeld' },
      { keys: ['A'], means: 'alarms' },
      { keys: ['T'], means: 'theme' },
      { keys: ['L'], means: 'language' },
      { keys: ['?'], means: 'help' },
      { keys: ['Esc'], means: 'close' },
    ],
  },
]
