import type { DecisionAction } from '@streamkeeper/contracts'

export type VerdictKey = '1' | '2' | '3' | '4' | '5' | '6' | '7'

export interface VerdictChoice {
  key: VerdictKey
  action: DecisionAction
  /** Heavy verdicts open a sheet; the others leave at one key and can be taken back. */
  heavy: boolean
}

/** The verdict bar, always in this order. */
export const verdicts: readonly VerdictChoice[] = [
  { key: '1', action: 'no-violation', heavy: false },
  { key: '2', action: 'warn-streamer', heavy: false },
  { key: '3', action: 'mute-audio', heavy: false },
  { key: '4', action: 'blur-picture', heavy: false },
  { key: '5', action: 'cut-stream', heavy: true },
  { key: '6', action: 'suspend-account', heavy: true },
  { key: '7', action: 'ban-account', heavy: true },
]
