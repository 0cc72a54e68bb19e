import type { Tier } from '@streamkeeper/contracts'

/** Shape and colour of a risk: 0 square and 1 diamond critical, 2 triangle high, 3 dot middling. Never colour alone. */
export type RiskStep = 0 | 1 | 2 | 3

const tierSteps: Record<Tier, RiskStep> = { P0: 0, P1: 1, P2: 2, P3: 3 }

export function stepOfTier(tier: Tier): RiskStep {
  return tierSteps[tier]
}

/** The tiers' lines of the design: P0 from 90, P1 from 70, P2 from 40. */
export function stepOfSeverity(severity: number): RiskStep {
  if (severity >= 90) return 0
  if (severity >= 70) return 1
  return severity >= 40 ? 2 : 3
}
