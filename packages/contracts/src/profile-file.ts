import { z } from 'zod'
import { StreamClass } from './fields.js'

/** ISO 8601 calendar duration, e.g. P60D, P6M, P3Y. */
const CalendarDuration = z
  .string()
  .regex(/^P(?=\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?$/, { error: 'an ISO 8601 duration in years, months, weeks and days' })

export const RecordClass = z.enum(['media', 'chat', 'log', 'decision'])
export type RecordClass = z.infer<typeof RecordClass>

export const RetentionRule = z.strictObject({
  kinds: z.array(RecordClass).min(1),
  /** Only for streams of these classes; without it, for all. */
  classes: z.array(StreamClass).optional(),
  floor: CalendarDuration,
  source: z.string().min(1),
  confidence: z.enum(['verified', 'secondary', 'default']),
})
export type RetentionRule = z.infer<typeof RetentionRule>

/**
 * For how long second copies stay: what works with, not what the law asks for. What the archive holds under lock is not touched by
 * these. No longer than necessary: PIPL Art. 19, GDPR Art. 5(1)(e).
 */
export const Ceilings = z.strictObject({
  /** Stills and previews of hits, but for those of cases that stand: open ones, and decided ones that found something. */
  evidence: CalendarDuration.default('P90D'),
  /** Bytes of rejected records. */
  rejected: CalendarDuration.default('P30D'),
  /** Events whose row waits no more to be published. */
  events: CalendarDuration.default('P7D'),
  /** Alarms that are over. */
  alarms: CalendarDuration.default('P6M'),
  /** Who looked at what; the log and the archive have it too. */
  access: CalendarDuration.default('P6M'),
  /** Held chat messages after their final verdict; no shorter than the log keeps its records, or one that is read again is held again. */
  held: CalendarDuration.default('P30D'),
  /** Hits that rules count, and rules that came true. */
  signals: CalendarDuration.default('P30D'),
  /** What was looked at and what was not. */
  coverage: CalendarDuration.default('P60D'),
  /** Segments and windows of streams that ended, and what was staged, sealed and swept. */
  segments: CalendarDuration.default('P30D'),
  /** Closed cases with their hits, decisions and commands. */
  cases: CalendarDuration.default('P3Y'),
})
export type Ceilings = z.infer<typeof Ceilings>

/** A jurisdiction as data: legal figures to verify, not legal advice. */
export const ProfileFile = z.strictObject({
  id: z.string().regex(/^[a-z-]{2,32}$/),
  timezone: z.string().min(1),
  /** Year in which the figures were last checked. */
  verified: z.number().int(),
  lockMode: z.enum(['COMPLIANCE', 'GOVERNANCE']),
  retention: z.array(RetentionRule).min(1),
  ceilings: Ceilings.prefault({}),
})
export type ProfileFile = z.infer<typeof ProfileFile>
