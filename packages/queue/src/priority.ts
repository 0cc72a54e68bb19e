import type { ReviewJob } from '@streamkeeper/contracts'

/** BullMQ takes 1 (first) to 2,097,151 (last); four tiers share them. */
const perTier = 500_000
const tiers = ['P0', 'P1', 'P2', 'P3'] as const
/** Severity 100, 2^40 viewers, a hundred deadlines late: nothing sensible lies above. */
const largest = 100 * 40 * 100

/** A job's BullMQ priority: tier first; within it the larger priority comes first, on a logarithmic scale. */
export function bullPriority({ tier, priority }: Pick<ReviewJob, 'tier' | 'priority'>): number {
  const share = Math.log1p(Math.min(largest, Math.max(0, priority))) / Math.log1p(largest)
  return 1 + tiers.indexOf(tier) * perTier + Math.round((1 - share) * (perTier - 1))
}
