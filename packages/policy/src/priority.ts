import type { Tier } from '@streamkeeper/contracts'

/** P0 from 90, P1 from 70, P2 from 40, else P3. */
export function tierOf(severity: number): Tier {
  if (severity >= 90) return 'P0'
  if (severity >= 70) return 'P1'
  return severity >= 40 ? 'P2' : 'P3'
}

export interface PriorityInput {
  readonly severity: number
  readonly viewers: number
  readonly live: boolean
  /** How long the case has waited, in ms. */
  readonly ageMs: number
  /** How long it may wait, in ms. */
  readonly deadlineMs: number
}

/** Order within a tier: severity x log2(2 + viewers) x (live 1, ended 0.3) x (1 + age / deadline); larger is more urgent. */
export function priorityOf({ severity, viewers, live, ageMs, deadlineMs }: PriorityInput): number {
  const reach = Math.log2(2 + Math.max(0, viewers))
  const waited = 1 + Math.max(0, ageMs) / Math.max(1, deadlineMs)
  return severity * reach * (live ? 1 : 0.3) * waited
}
