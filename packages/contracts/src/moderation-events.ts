import { z } from 'zod'
import { Id, Score, Severity, Sha256, SpoolReference, StreamTimeMs, Tier, UtcTime, Versioned } from './fields.js'
import { Label } from './labels.js'

/** What Streamkeeper concludes and orders. */

/** Where a word was found: UTF-16 units of the original text, end exclusive. */
export const TextMatch = z.looseObject({
  entry: z.string(),
  category: z.string(),
  severity: Severity,
  start: z.number().int().min(0),
  end: z.number().int().min(0),
  matched: z.string(),
  via: z.array(z.string()),
  lexicon: z.object({ name: z.string(), version: z.string() }).optional(),
})
export type TextMatch = z.infer<typeof TextMatch>

/** Pictures lie in the spool under their digest; only the preview is shown unasked. */
export const Evidence = z.looseObject({
  still: SpoolReference.optional(),
  preview: SpoolReference.optional(),
  sequence: z.number().int().min(0).optional(),
  text: z.string().optional(),
  matches: z.array(TextMatch).optional(),
  codes: z.array(z.string()).optional(),
  /** Where the text stands in the picture: four corners in pixels of the still, clockwise from the text's own top left. */
  box: z.array(z.array(z.number()).length(2)).length(4).optional(),
  /** The banned picture that it looks like: in how many of 256 bits the hashes differ. */
  banned: z
    .looseObject({
      list: z.string(),
      note: z.string(),
      hash: z.string().optional(),
      distance: z.number().int().min(0),
      mirrored: z.boolean(),
    })
    .optional(),
  accountId: Id.optional(),
})
export type Evidence = z.infer<typeof Evidence>

export const Lane = z.enum(['picture', 'picture-text', 'code', 'hash', 'chat', 'report', 'audio'])
export type Lane = z.infer<typeof Lane>

/**
 * Of a hit whose source hits so many streams that it is held back: `sample` is put before people, but no machine acts on it;
 * `record` is kept, and nothing comes of it.
 */
export const HeldBack = z.enum(['sample', 'record'])
export type HeldBack = z.infer<typeof HeldBack>

/** One hit. `at` is event time: the clock that policy windows run on. */
export const SignalRaised = z.looseObject({
  signalId: Id,
  streamId: Id,
  lane: Lane,
  label: Label,
  score: Score,
  severity: Severity,
  source: Versioned,
  at: UtcTime,
  streamTimeMs: StreamTimeMs.optional(),
  messageId: Id.optional(),
  reportId: Id.optional(),
  evidence: Evidence.optional(),
  shadow: z.boolean(),
  heldBack: HeldBack.optional(),
})
export type SignalRaised = z.infer<typeof SignalRaised>

export const ViewersSignal = z.looseObject({
  signalId: Id,
  streamId: Id,
  viewers: z.number().int().min(0),
  at: UtcTime,
})
export type ViewersSignal = z.infer<typeof ViewersSignal>

export const SessionSignal = z.looseObject({
  signalId: Id,
  streamId: Id,
  kind: z.enum(['started', 'updated', 'ended']),
  at: UtcTime,
  accountId: Id.optional(),
  class: z.string().optional(),
  title: z.string().optional(),
  reason: z.string().optional(),
})
export type SessionSignal = z.infer<typeof SessionSignal>

export const NotLookedReason = z.enum([
  'decoder-failed',
  'no-keyframe',
  'no-model',
  'gap',
  'overload',
  'timeout',
  'media-missing',
  /** The picture was as good as one that nothing was found on: that look holds for it too. */
  'gate',
  'stream-ended',
])
export type NotLookedReason = z.infer<typeof NotLookedReason>

/** The stretches of a stream do not overlap and add up to its length. `reason` stands when it was not looked at. */
export const StreamCovered = z.looseObject({
  streamId: Id,
  fromMs: StreamTimeMs,
  toMs: StreamTimeMs,
  state: z.enum(['looked', 'not-looked']),
  reason: NotLookedReason.optional(),
  detail: z.string().optional(),
  models: z.array(Versioned),
  pictures: z.number().int().min(0).optional(),
  sequence: z.number().int().min(0).optional(),
})
export type StreamCovered = z.infer<typeof StreamCovered>

export const Verdict = z.enum(['allow', 'hold', 'block'])
export type Verdict = z.infer<typeof Verdict>

export const ChatJudged = z.looseObject({
  streamId: Id,
  messageId: Id,
  verdict: Verdict,
  matches: z.array(TextMatch),
  policy: Versioned,
  judgedAt: UtcTime,
  /** Why the lane could not decide, when the policy's fallback was taken. */
  fallback: z.string().optional(),
  final: z.boolean().optional(),
  /** Of a final verdict: the account of the person, or `policy:timeout`. */
  decidedBy: z.string().optional(),
  /** Of a message that is held, so that a person can decide on it. */
  text: z.string().optional(),
  accountId: Id.optional(),
  nickname: z.string().optional(),
  sentAt: UtcTime.optional(),
})
export type ChatJudged = z.infer<typeof ChatJudged>

export const CaseState = z.enum(['open', 'claimed', 'decided', 'enforcing', 'dark', 'disobeyed', 'closed'])
export type CaseState = z.infer<typeof CaseState>

export const CaseChanged = z.looseObject({
  caseId: Id,
  streamId: Id,
  labels: z.array(Label),
  priority: z.number().min(0),
  tier: Tier,
  severity: Severity,
  state: CaseState,
  version: z.number().int().min(1),
  openedAt: UtcTime,
  at: UtcTime,
})
export type CaseChanged = z.infer<typeof CaseChanged>

export const Action = z.enum([
  'warn-streamer',
  'warn-viewers',
  'hide-message',
  'mute-account',
  'blur-picture',
  'mute-audio',
  'cut-stream',
  'suspend-account',
  'ban-account',
  'confirm',
  'restore',
])
export type Action = z.infer<typeof Action>

/** What a person or a policy can conclude; `no-violation` orders nothing but the restoring of what a machine did. */
export const DecisionAction = z.union([Action.exclude(['confirm', 'restore']), z.literal('no-violation')])
export type DecisionAction = z.infer<typeof DecisionAction>

export const Reason = z.looseObject({
  label: Label,
  policy: Versioned.optional(),
  textForStreamer: z.string().min(1).max(2_000),
  note: z.string().max(2_000).optional(),
})
export type Reason = z.infer<typeof Reason>

export const Actor = z.object({ kind: z.enum(['person', 'policy']), id: z.string().min(1) })
export type Actor = z.infer<typeof Actor>

export const DecisionMade = z.looseObject({
  decisionId: Id,
  caseId: Id,
  streamId: Id,
  /** The last signal that was on the screen; later hits open a follow-up. */
  seenThrough: z.string(),
  action: DecisionAction,
  reason: Reason,
  decidedBy: Actor,
  second: Actor.optional(),
  decidedAt: UtcTime,
})
export type DecisionMade = z.infer<typeof DecisionMade>

/** A decision that was taken back while its commands still waited: none of them was sent. */
export const DecisionUndone = z.looseObject({
  decisionId: Id,
  caseId: Id,
  streamId: Id,
  undoneBy: Actor,
  undoneAt: UtcTime,
})
export type DecisionUndone = z.infer<typeof DecisionUndone>

export const Target = z.looseObject({ streamId: Id, accountId: Id.optional(), messageId: Id.optional() })
export type Target = z.infer<typeof Target>

/** The platform does nothing by itself at `revertsAt`: Streamkeeper sends restore or confirm. */
export const CommandIssued = z.looseObject({
  commandId: Id,
  sequence: z.number().int().min(1),
  streamId: Id,
  action: Action,
  target: Target,
  reason: Reason,
  issuedAt: UtcTime,
  expiresAt: UtcTime,
  provisional: z.object({ revertsAt: UtcTime }).optional(),
  /** The command that a confirm or restore settles. */
  revokes: Id.optional(),
})
export type CommandIssued = z.infer<typeof CommandIssued>

export const EvidenceViewed = z.looseObject({
  actor: z.string().min(1),
  role: z.string().min(1),
  what: z.string().min(1),
  reason: z.string().min(1),
  at: UtcTime,
  caseId: Id.optional(),
  streamId: Id.optional(),
})
export type EvidenceViewed = z.infer<typeof EvidenceViewed>

/** A person decided on held chat messages; the verdict of each is told on its own. */
export const HeldDecided = z.looseObject({
  actor: z.string().min(1),
  role: z.string().min(1),
  verdict: Verdict.exclude(['hold']),
  messages: z.array(z.looseObject({ streamId: Id, messageId: Id })).min(1),
  at: UtcTime,
})
export type HeldDecided = z.infer<typeof HeldDecided>

/** Somebody made or changed an account of the console, or ended its sessions. */
export const UserChanged = z.looseObject({
  actor: z.string().min(1),
  role: z.string().min(1),
  username: z.string().min(1),
  change: z.enum(['created', 'role', 'disabled', 'enabled', 'password', 'sessions-ended']),
  to: z.string().optional(),
  at: UtcTime,
})
export type UserChanged = z.infer<typeof UserChanged>

export const RecordRejected = z.looseObject({
  topic: z.string(),
  partition: z.number().int().min(0),
  offset: z.string().regex(/^\d+$/),
  key: z.string().nullable(),
  code: z.string(),
  message: z.string(),
  stage: z.string(),
  attempts: z.number().int().min(1),
  firstSeenAt: UtcTime,
  headers: z.record(z.string(), z.string()).optional(),
  value: z.base64().optional(),
  sha256: Sha256.optional(),
  spool: SpoolReference.optional(),
})
export type RecordRejected = z.infer<typeof RecordRejected>
