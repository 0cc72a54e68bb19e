import { z } from 'zod'
import { StreamClass } from './fields.js'

const Milliseconds = z.number().int().min(0)
const Interval = Milliseconds.min(100)

/** Signs of risk in a stream: one that holds is enough. */
const RiskSigns = z
  .strictObject({
    classes: z.array(StreamClass).min(1).optional(),
    tags: z.array(z.string().min(1).max(100)).min(1).optional(),
    viewersFrom: z.number().int().min(1).optional(),
    /** So many decisions against the streamer's account in the last 30 days that found a violation. */
    violationsFrom: z.number().int().min(1).optional(),
    /** The platform says that the streamer is under 18. */
    minor: z.literal(true).optional(),
  })
  .refine((signs) => Object.keys(signs).length > 0, { error: 'at least one sign' })

/** How often pictures of a stream are looked at: usually each `intervalMs`, under overload never rarer than each `floorMs`. */
const Tier = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, { error: 'lower-case letters, digits and hyphens' }),
    when: RiskSigns,
    intervalMs: Interval,
    floorMs: Interval,
  })
  .refine(({ intervalMs, floorMs }) => floorMs >= intervalMs, { error: 'not below intervalMs', path: ['floorMs'] })

/** When pictures are looked at. Times are in milliseconds of stream time, but those of `overload`. */
export const SamplingRules = z
  .strictObject({
    /** Of streams that no tier takes. `floorMs` not given: 10 s, or the interval where that is longer. */
    intervalMs: Interval.default(2_000),
    floorMs: Interval.optional(),
    /** From the riskiest down: a stream belongs to the first that holds. The last are thinned first. */
    tiers: z.array(Tier).max(16).default([]),
    /** A stream is young until then. */
    young: z.strictObject({ untilMs: Milliseconds.min(1_000), intervalMs: Interval }).optional(),
    /** Looks more often for a while after one of these. */
    burst: z
      .strictObject({
        forMs: Milliseconds.min(1_000).max(600_000),
        intervalMs: Interval,
        after: z
          .array(z.enum(['near-hit', 'report', 'chat']))
          .min(1)
          .default(['near-hit', 'report', 'chat']),
      })
      .optional(),
    /** How far the looks may be behind the broker's time. */
    overload: z
      .strictObject({
        /** From here on streams are thinned, all of them down to their floor at `thinnedMs`. */
        thinFromMs: Milliseconds.min(1_000).default(20_000),
        thinnedMs: Milliseconds.min(1_000).default(90_000),
        /** What is older is not looked at any more; not given: everything is, however late. */
        skipFromMs: Milliseconds.min(10_000).optional(),
      })
      .refine(({ thinFromMs, thinnedMs }) => thinnedMs > thinFromMs, { error: 'above thinFromMs', path: ['thinnedMs'] })
      .prefault({}),
    /** Text in the picture is read so often at most; not given: never. */
    textEveryMs: Milliseconds.min(1_000).optional(),
    /** Pictures that are as good as the last one that nothing was found on need no model; not given: every picture is looked at. */
    gate: z
      .strictObject({
        /** Of 256 levels of a square's mean colour. */
        changedFrom: z.number().int().min(1).max(255).default(4),
        forcedLookMs: Milliseconds.min(1_000).max(60_000).default(60_000),
      })
      .optional(),
  })
  .refine(({ intervalMs, floorMs = intervalMs }) => floorMs >= intervalMs, {
    error: 'not below intervalMs',
    path: ['floorMs'],
  })
export type SamplingRules = z.infer<typeof SamplingRules>
