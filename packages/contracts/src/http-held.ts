import { z } from 'zod'
import { Id, Severity, UtcTime, Versioned } from './fields.js'
import { TextMatch, Verdict } from './moderation-events.js'

/** Held chat messages in the console's API, `/api/v1/held`. */

export const HeldListQuery = z.object({
  stream: Id.optional(),
  order: z.enum(['oldest', 'newest']).default('oldest'),
  limit: z.coerce.number().int().min(1).max(100).default(100),
  /** `next` of the page before. */
  after: z.string().max(1_000).optional(),
})
export type HeldListQuery = z.infer<typeof HeldListQuery>

/** A message that waits for its final verdict. */
export const HeldView = z.object({
  streamId: Id,
  messageId: Id,
  /** Of the stream; null when its start is not known here. */
  title: z.string().nullable(),
  accountId: Id.nullable(),
  nickname: z.string().nullable(),
  /** null: the verdict did not carry it. */
  text: z.string().nullable(),
  matches: z.array(TextMatch),
  severity: Severity,
  /** Why the filter could not judge it; null when a word was found. */
  fallback: z.string().nullable(),
  policy: Versioned,
  heldAt: UtcTime,
  /** When the policy decides, and how, if nobody has. */
  dueAt: UtcTime,
  timeoutVerdict: Verdict.exclude(['hold']),
})
export type HeldView = z.infer<typeof HeldView>

export const HeldList = z.object({
  messages: z.array(HeldView),
  /** All that wait, of every stream. */
  waiting: z.number().int(),
  /** The streams with the most that wait, at most 50. */
  streams: z.array(z.object({ streamId: Id, title: z.string().nullable(), waiting: z.number().int() })),
  /** Goes back as `after`; null: there are no more. */
  next: z.string().nullable(),
  at: UtcTime,
})
export type HeldList = z.infer<typeof HeldList>

export const HeldDecision = z.enum(['release', 'block'])
export type HeldDecision = z.infer<typeof HeldDecision>

export const HeldKey = z.object({ streamId: Id, messageId: Id })
export type HeldKey = z.infer<typeof HeldKey>

export const DecideHeldRequest = z.object({ decision: HeldDecision, messages: z.array(HeldKey).min(1).max(200) })
export type DecideHeldRequest = z.infer<typeof DecideHeldRequest>

/** `already-decided`: by whom and how stands beside it, and stays so. */
export const HeldAnswer = HeldKey.extend({
  result: z.enum(['done', 'already-decided', 'unknown']),
  state: z.enum(['held', 'released', 'blocked']).nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: UtcTime.nullable(),
})
export type HeldAnswer = z.infer<typeof HeldAnswer>

export const DecideHeldView = z.object({ results: z.array(HeldAnswer), waiting: z.number().int() })
export type DecideHeldView = z.infer<typeof DecideHeldView>
