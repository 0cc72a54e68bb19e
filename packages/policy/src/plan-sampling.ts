import type { SamplingRules, StreamClass } from '@streamkeeper/contracts'

/** What is known of a stream that says how risky it is. */
export interface StreamRisk {
  readonly class: StreamClass
  readonly tags: readonly string[]
  readonly viewers: number
  /** Decisions against the streamer's account that found a violation, lately. */
  readonly violations: number
  readonly minor: boolean
}

export interface SamplingQuestion {
  /** Undefined while nothing is known of the stream: it is then taken for one of the riskiest. */
  readonly risk: StreamRisk | undefined
  /** Age of the stream, in milliseconds of its own time. */
  readonly streamTimeMs: number
  /** Whether something happened on it lately that calls for more looks. */
  readonly bursts: boolean
  /** How far the looks are behind the broker's time, over all streams, in milliseconds. */
  readonly lagMs: number
}

/** How often pictures of a stream are looked at now, in milliseconds of stream time. */
export interface SamplingPlan {
  /** Without overload. */
  readonly wantedMs: number
  /** Now; above `wantedMs` the stream is thinned. */
  readonly intervalMs: number
  /** Never rarer than this. */
  readonly floorMs: number
}

type Tier = SamplingRules['tiers'][number]

const usualFloorMs = 10_000

/** The shortest interval that the rules can ask for: pictures that come more often are of no use to anybody. */
export function finestIntervalOf({ intervalMs, tiers, young, burst }: SamplingRules): number {
  const others = [young?.intervalMs, burst?.intervalMs].filter((one) => one !== undefined)
  return Math.min(intervalMs, ...tiers.map((tier) => tier.intervalMs), ...others)
}

/**
 * How often to look: by the tier that the stream's risk puts it into, more often while it is young or something happened on it.
 * Under overload the tiers are stretched to their floors one after the other, the least risky first.
 */
export function planSampling(rules: SamplingRules, question: SamplingQuestion): SamplingPlan {
  const { risk, streamTimeMs, bursts, lagMs } = question
  const { tiers, young, burst, overload } = rules
  const found = risk === undefined ? 0 : tiers.findIndex((tier) => holds(tier.when, risk))
  const rank = found === -1 ? tiers.length : found
  const tier = tiers[rank] ?? rules
  const wantedMs = Math.min(
    tier.intervalMs,
    young !== undefined && streamTimeMs < young.untilMs ? young.intervalMs : Infinity,
    burst !== undefined && bursts ? burst.intervalMs : Infinity,
  )
  const floorMs = Math.max(wantedMs, tier.floorMs ?? Math.max(usualFloorMs, tier.intervalMs))
  const pressure = clamp((lagMs - overload.thinFromMs) / (overload.thinnedMs - overload.thinFromMs))
  // What something happened on is not thinned before the riskiest.
  const share = clamp(pressure * (tiers.length + 1) - (tiers.length - (bursts ? 0 : rank)))
  return { wantedMs, floorMs, intervalMs: wantedMs + (floorMs - wantedMs) * share }
}

function holds(when: Tier['when'], risk: StreamRisk): boolean {
  const { viewersFrom = Infinity, violationsFrom = Infinity } = when
  return (
    when.classes?.includes(risk.class) === true ||
    when.tags?.some((tag) => risk.tags.includes(tag)) === true ||
    risk.viewers >= viewersFrom ||
    risk.violations >= violationsFrom ||
    (when.minor === true && risk.minor)
  )
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share))
}
