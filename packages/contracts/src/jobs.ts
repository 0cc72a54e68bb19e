import { z } from 'zod'
import { Id, Tier, UtcTime } from './fields.js'

/** A case that waits for a person. Better cases have the lower tier number and, within it, the higher priority. */
export const ReviewJob = z.object({
  caseId: Id,
  streamId: Id,
  tier: Tier,
  priority: z.number().min(0),
  openedAt: UtcTime,
})
export type ReviewJob = z.infer<typeof ReviewJob>
