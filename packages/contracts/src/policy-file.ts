import { z } from 'zod'
import { Severity, Score, StreamClass, Tier } from './fields.js'
import { Label } from './labels.js'
import { Action, Lane, Verdict } from './moderation-events.js'
import { SamplingRules } from './sampling-rules.js'

const Milliseconds = z.number().int().min(0)
const RuleId = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, { error: 'lower-case letters, digits, dots and hyphens' })

/** What a machine may do alone, and for how long before a person must have confirmed it. */
export const MachineAction = z.strictObject({
  action: Action.exclude(['confirm', 'restore']),
  /** The action is taken back after this time unless a person confirms it. */
  revertAfterMs: Milliseconds.min(1_000),
  /** The clock stands while nobody is there to look, but never beyond this. */
  revertCapMs: Milliseconds.min(1_000),
})
export type MachineAction = z.infer<typeof MachineAction>

/** `hits` signals of the label with at least `minScore` within `windowMs` of event time fire the rule. */
export const Rule = z.strictObject({
  id: RuleId,
  label: Label,
  lanes: z.array(Lane).min(1),
  minScore: Score,
  hits: z.number().int().min(1).max(1_000),
  windowMs: Milliseconds.min(1),
  /** After it fired the rule is quiet for this long. */
  cooldownMs: Milliseconds,
  severity: Severity,
  /** How soon a person should have decided. */
  deadlineMs: Milliseconds.min(1_000),
  machine: MachineAction.optional(),
  textForStreamer: z.string().min(1).max(2_000),
  /** The same in other languages, by their BCP 47 tag in small letters: taken when the stream is in one of them. */
  textsForStreamer: z
    .record(z.string().regex(/^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/), z.string().min(1).max(2_000))
    .default({}),
})
export type Rule = z.infer<typeof Rule>

const Times = z.number().int().min(2).max(100)
const Window = Milliseconds.min(1_000).max(60_000)

/** How people behave in chat. A rule that is not given is off; one that holds is a hit of its severity on the message. */
export const ChatBehaviour = z.strictObject({
  /** So many messages of an account in a stream within the time. */
  rate: z.strictObject({ messages: Times, withinMs: Window, severity: Severity }).optional(),
  /** The same text, or nearly so, so often from one account; texts below `minLength` letters do not count. */
  repeats: z
    .strictObject({ messages: Times, withinMs: Window, minLength: z.number().int().min(1), severity: Severity })
    .optional(),
  /** The same text, or nearly so, from so many accounts, over all streams. */
  crowd: z
    .strictObject({
      accounts: z.number().int().min(2).max(100_000),
      withinMs: Window,
      minLength: z.number().int().min(4),
      severity: Severity,
    })
    .optional(),
  /** A link from an account that is younger, when the platform tells how old it is. */
  newAccountLinks: z.strictObject({ accountAgeMs: Milliseconds.min(1_000), severity: Severity }).optional(),
})
export type ChatBehaviour = z.infer<typeof ChatBehaviour>

/** When an entry hits so much that it is held back: its hits hold and no more, and one of `sampleOf` is put before people. */
export const FloodLimits = z.strictObject({
  windowMs: Milliseconds.min(1_000).default(60_000),
  atLeast: z.number().int().min(1).default(200),
  share: z.number().gt(0).max(1).default(0.1),
  holdMs: Milliseconds.min(1_000).default(600_000),
  sampleOf: z.number().int().min(1).default(20),
})
export type FloodLimits = z.infer<typeof FloodLimits>

/**
 * When a label of a model, a banned picture or a word in pictures hits so many streams that it is held back: no machine acts on
 * it, and one stream in `sampleOf` is put before people. Counted in streams, over those that a process looked at.
 */
export const PictureFloodLimits = z.strictObject({
  /** A picture that does not change is looked at each minute: a shorter window would not see its stream. */
  windowMs: Milliseconds.min(60_000).default(300_000),
  atLeast: z.number().int().min(2).default(20),
  share: z.number().gt(0).max(1).default(0.1),
  holdMs: Milliseconds.min(1_000).default(600_000),
  sampleOf: z.number().int().min(1).default(5),
})
export type PictureFloodLimits = z.infer<typeof PictureFloodLimits>

export const PolicyFile = z.strictObject({
  name: RuleId,
  version: z.string().min(1).max(64),
  rules: z.array(Rule).min(1),
  /** Signals that come later than this after younger ones are still put in their place. */
  allowedLatenessMs: Milliseconds.default(120_000),
  sampling: SamplingRules,
  /** Models that look at pictures: folders of the models folder. What a shadow finds is marked, and no rule fires on it. */
  models: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, { error: 'the plain name of a folder' }),
        shadow: z.boolean().default(false),
      }),
    )
    .min(1)
    .max(16)
    .default([{ name: 'nsfw', shadow: false }]),
  chat: z.strictObject({
    blockFrom: Severity.default(80),
    holdFrom: Severity.default(40),
    /** Taken when the lane cannot decide in its deadline. Never allow. */
    fallback: Verdict.exclude(['allow']).default('hold'),
    /** For everything that leads to a verdict, from when the lane took the message and knows what came before it. */
    deadlineMs: Milliseconds.default(500),
    /** The final verdict of a held message that nobody decided. */
    heldTimeoutMs: Milliseconds.default(300_000),
    heldTimeoutVerdict: Verdict.exclude(['hold']).default('block'),
    behaviour: ChatBehaviour.prefault({}),
    flood: FloodLimits.prefault({}),
  }),
  pictures: z.strictObject({ flood: PictureFloodLimits.prefault({}) }).prefault({}),
  admission: z.strictObject({
    requireVerifiedRealName: z.boolean(),
    /** Classes that only an account with a licence for them may start. */
    licensedClasses: z.array(StreamClass),
  }),
  commands: z.strictObject({
    undoMs: Milliseconds.default(10_000),
    /** Tiers whose commands do not wait for an undo. */
    immediateTiers: z.array(Tier).default(['P0']),
    expireAfterMs: Milliseconds.min(1_000).default(300_000),
    retryMs: Milliseconds.min(100).default(2_000),
  }),
  dark: z.strictObject({
    /** Media that the broker took later than this after the acknowledgement of a cut means disobeyed. */
    graceMs: Milliseconds.default(5_000),
    /** Silence of this length after the acknowledgement means dark. */
    silenceMs: Milliseconds.default(10_000),
  }),
  leaseMs: Milliseconds.min(5_000).default(300_000),
  /** When leads are called. */
  alarms: z
    .strictObject({
      /** A live stream of which nothing was looked at for this long. */
      unscreenedMs: Milliseconds.min(5_000).default(30_000),
      /** An engine that did not answer for this long. */
      engineAwayMs: Milliseconds.default(10_000),
      /** The archive is behind by this share of the time that the log keeps its records. */
      archiveLagShare: z.number().gt(0).max(1).default(0.25),
      /** Media that comes this long after somebody took the alarm of a disobeyed cut raises it again. */
      disobeyedAgainMs: Milliseconds.min(60_000).default(600_000),
      /** At least so many stretches, and this share of all, failed in the decoder within the window. */
      decoderFailures: z
        .strictObject({
          windowMs: Milliseconds.min(10_000).default(300_000),
          atLeast: z.number().int().min(1).default(10),
          share: z.number().gt(0).max(1).default(0.05),
        })
        .prefault({}),
    })
    .prefault({}),
})
export type PolicyFile = z.infer<typeof PolicyFile>
