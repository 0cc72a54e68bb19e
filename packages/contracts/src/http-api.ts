import { z } from 'zod'
import { Id, Port, Score, Severity, Sha256, StreamClass, StreamTimeMs, Tier, UtcTime, Versioned } from './fields.js'
import { Username } from './http-people.js'
import { Label } from './labels.js'
import { Action, Actor, CaseState, DecisionAction, Lane, TextMatch } from './moderation-events.js'

/** Requests and answers of the console's API, `/api/v1`. */

export const CaseSummary = z.object({
  caseId: Id,
  streamId: Id,
  title: z.string(),
  nickname: z.string().nullable(),
  accountId: Id,
  class: StreamClass,
  state: CaseState,
  tier: Tier,
  severity: Severity,
  priority: z.number(),
  labels: z.array(Label),
  hits: z.number().int(),
  viewers: z.number().int(),
  live: z.boolean(),
  openedAt: UtcTime,
  deadlineAt: UtcTime,
  version: z.number().int(),
  claimedBy: Username.nullable(),
  leaseUntil: UtcTime.nullable(),
})
export type CaseSummary = z.infer<typeof CaseSummary>

export const CaseList = z.object({ cases: z.array(CaseSummary), waiting: z.number().int(), at: UtcTime })
export type CaseList = z.infer<typeof CaseList>

export const CaseListQuery = z.object({
  state: z.enum(['waiting', 'mine', 'decided', 'all']).default('waiting'),
  limit: z.coerce.number().int().min(1).max(200).default(100),
})
export type CaseListQuery = z.infer<typeof CaseListQuery>

/** A hit as the page shows it: pictures only by digest, fetched apart. */
export const SignalView = z.object({
  signalId: Id,
  /** Rises within the case; the largest that was shown goes back as seenThroughSeq. */
  seq: z.number().int(),
  lane: Lane,
  label: Label,
  score: Score,
  severity: Severity,
  source: Versioned,
  at: UtcTime,
  streamTimeMs: StreamTimeMs.nullable(),
  preview: Sha256.nullable(),
  still: Sha256.nullable(),
  text: z.string().nullable(),
  matches: z.array(TextMatch),
  codes: z.array(z.string()),
  accountId: Id.nullable(),
  /** Its source hits so many streams that only a sample is put before people, and no machine acts on it. */
  sample: z.boolean(),
})
export type SignalView = z.infer<typeof SignalView>

export const CommandView = z.object({
  commandId: Id,
  /** null until it is first sent. */
  sequence: z.number().int().nullable(),
  action: Action,
  state: z.enum(['waiting', 'sent', 'acknowledged', 'failed', 'expired', 'cancelled']),
  issuedAt: UtcTime,
  notBefore: UtcTime,
  sentAt: UtcTime.nullable(),
  acknowledgedAt: UtcTime.nullable(),
  provisional: z.object({ revertsAt: UtcTime, state: z.enum(['running', 'confirmed', 'restored']) }).nullable(),
})
export type CommandView = z.infer<typeof CommandView>

export const DecisionView = z.object({
  decisionId: Id,
  action: DecisionAction,
  decidedBy: Actor,
  decidedAt: UtcTime,
  label: Label,
  textForStreamer: z.string(),
  /** Until when it can be taken back; null when it cannot. */
  undoUntil: UtcTime.nullable(),
  /** When it was taken back; null when it stands. */
  undoneAt: UtcTime.nullable(),
})
export type DecisionView = z.infer<typeof DecisionView>

export const StretchView = z.object({
  fromMs: StreamTimeMs,
  toMs: StreamTimeMs,
  state: z.enum(['looked', 'not-looked']),
  reason: z.string().nullable(),
})
export type StretchView = z.infer<typeof StretchView>

export const CaseDetail = z.object({
  case: CaseSummary,
  signals: z.array(SignalView),
  commands: z.array(CommandView),
  decisions: z.array(DecisionView),
  coverage: z.array(StretchView),
  stream: z.object({
    startedAt: UtcTime,
    endedAt: UtcTime.nullable(),
    lengthMs: StreamTimeMs,
    address: z.string().nullable(),
    port: Port.nullable(),
    darkState: z.enum(['none', 'waiting', 'dark', 'disobeyed']),
  }),
  streamer: z.object({
    realName: z.string(),
    ageBand: z.string().nullable(),
    blacklisted: z.boolean(),
    pastCases: z.number().int(),
  }),
  /** The rule texts that a decision on this case may start from, by label. */
  reasons: z.array(z.object({ label: Label, textForStreamer: z.string() })),
})
export type CaseDetail = z.infer<typeof CaseDetail>

export const ClaimView = z.object({ caseId: Id, leaseToken: z.string(), leaseUntil: UtcTime })
export type ClaimView = z.infer<typeof ClaimView>

export const LeaseRequest = z.object({ leaseToken: z.string().regex(/^\d+$/) })
export type LeaseRequest = z.infer<typeof LeaseRequest>

export const DecideRequest = z.object({
  action: DecisionAction,
  label: Label,
  textForStreamer: z.string().min(1).max(2_000),
  note: z.string().max(2_000).optional(),
  seenThroughSeq: z.number().int().min(0),
  expectedVersion: z.number().int().min(1),
  leaseToken: z.string().regex(/^\d+$/),
  /** Made by the page once a decision: sending it again changes nothing. */
  idempotencyKey: Id,
})
export type DecideRequest = z.infer<typeof DecideRequest>

export const DecideView = z.object({ decision: DecisionView, commands: z.array(CommandView), case: CaseSummary })
export type DecideView = z.infer<typeof DecideView>

/** Why somebody looked: goes on the access log. */
export const EvidenceQuery = z.object({ case: Id, reason: z.string().min(1).max(200).default('review') })
export type EvidenceQuery = z.infer<typeof EvidenceQuery>

/** One line of the stream of server-sent events: what changed, never the content. */
export const PageEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('case'), caseId: Id, version: z.number().int() }),
  z.object({ type: z.literal('ready'), ok: z.boolean(), away: z.array(z.string()) }),
  z.object({ type: z.literal('alarms'), open: z.number().int() }),
  /** `waiting`: held chat messages that nobody decided yet. */
  z.object({ type: z.literal('held'), waiting: z.number().int() }),
])
export type PageEvent = z.infer<typeof PageEvent>

export const StatusView = z.object({
  ok: z.boolean(),
  /** Engines that do not answer, by name. */
  away: z.array(z.string()),
  /** unlocked: the archive is a folder, and its retention has no legal force. */
  archive: z.enum(['locked', 'unlocked']),
  at: UtcTime,
})
export type StatusView = z.infer<typeof StatusView>

/** RFC 9457 problem details with a code of docs/errors.md. */
export const Problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string().optional(),
})
export type Problem = z.infer<typeof Problem>
