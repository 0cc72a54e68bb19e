import type { HeldDecision } from '@streamkeeper/contracts'
import type { AnywhereIntent, KeyGroup, KeyPress } from './key-intent.js'

/** What works on both screens; `A` stands for "all" here. */
type HeldAnywhere = Exclude<AnywhereIntent, 'alarms'>

export type HeldIntent =
  | { do: 'step'; by: 1 | -1; extend: boolean }
  | { do: 'page'; by: 1 | -1 }
  /** With `range` everything between here and where it was last done. */
  | { do: 'mark'; range: boolean }
  | { do: 'all' | 'none' | HeldAnywhere }
  | { do: 'decide'; decision: HeldDecision }

const steps = new Map<string, 1 | -1>([
  ['j', 1],
  ['ArrowDown', 1],
  ['k', -1],
  ['ArrowUp', -1],
])

const plainKeys = new Map<string, HeldIntent>([
  ['n', { do: 'page', by: 1 }],
  ['p', { do: 'page', by: -1 }],
  ['a', { do: 'all' }],
  ['Escape', { do: 'none' }],
  ['r', { do: 'decide', decision: 'release' }],
  ['b', { do: 'decide', decision: 'block' }],
  ['g', { do: 'screen' }],
  ['t', { do: 'theme' }],
  ['l', { do: 'language' }],
  ['?', { do: 'help' }],
])

/** What a key means on the screen of held messages; null when it is not ours. Only steps may repeat. */
export function intentOfHeldKey({ key, repeat, shift, modified, typing }: KeyPress): HeldIntent | null {
  if (modified || typing) return null
  const name = key.length === 1 ? key.toLowerCase() : key
  const by = steps.get(name)
  if (by !== undefined) return { do: 'step', by, extend: shift }
  if (repeat) return null
  return name === 'x' ? { do: 'mark', range: shift } : (plainKeys.get(name) ?? null)
}

/** The key map of the screen of held messages. */
export const heldKeyGroups: readonly KeyGroup[] = [
  {
    name: 'move',
    rows: [
      { keys: ['J', 'K'], means: 'heldStep' },
      { keys: ['N', 'P'], means: 'heldPage' },
    ],
  },
  {
    name: 'select',
    rows: [
      { keys: ['X'], means: 'heldMark' },
      { keys: ['Shift', 'X'], means: 'heldRange' },
      { keys: ['Shift', 'J', 'K'], means: 'heldExtend' },
      { keys: ['A'], means: 'heldAll' },
      { keys: ['Esc'], means: 'heldNone' },
    ],
  },
  {
    name: 'verdict',
    rows: [
      { keys: ['R'], means: 'heldRelease' },
      { keys: ['B'], means: 'heldBlock' },
    ],
  },
  {
    name: 'anywhere',
    rows: [
      { keys: ['G'], means: 'toCases' },
      { keys: ['T'], means: 'theme' },
      { keys: ['L'], means: 'language' },
      { keys: ['?'], means: 'help' },
    ],
  },
]
