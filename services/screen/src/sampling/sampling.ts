import type { SamplingRules, SegmentAccepted } from '@streamkeeper/contracts'
import type { SamplingFacts } from '@streamkeeper/database'
import type { Picture } from '@streamkeeper/media'
import { choosePicture, planSampling, type SamplingPlace, type SamplingPlan } from '@streamkeeper/policy'
import { createLag } from './lag.js'
import type { StreamFacts } from './stream-facts.js'

/** Which pictures of a segment are looked at. */
export interface Sample {
  readonly pictures: readonly Picture[]
  /** Pictures that would have been looked at but for overload. */
  readonly thinned: number
  readonly plan: SamplingPlan
  readonly lagMs: number
}

/** When pictures are looked at: by the policy, the stream's risk and age, what happened on it, and how far behind we are. */
export interface Sampling {
  /** Takes note of a segment that begins its way here; says why it is too old to be looked at, or null. */
  begin(segment: SegmentAccepted): string | null
  /** The next pictures of a stream, in their order. */
  choose(segment: SegmentAccepted, pictures: readonly Picture[]): Sample
  /** A picture was looked at and something on it came near to a hit. */
  noteNearHit(streamId: string, streamTimeMs: number): void
  /** How far the looks are behind the broker's time, in milliseconds. */
  readonly lagMs: number
  forget(streamId: string): void
}

/** Streams beyond these begin anew. */
const mostStreams = 5_000

export function createSampling(rules: SamplingRules, facts: StreamFacts, now: () => number): Sampling {
  const places = new Map<string, SamplingPlace>()
  const nearHits = new Map<string, number>()
  const lag = createLag(now)
  const plan = ({ streamId, origin }: SegmentAccepted, streamTimeMs: number): SamplingPlan => {
    const found = facts.get(streamId)
    const bursts =
      rules.burst !== undefined &&
      (isNearHit(rules.burst, nearHits.get(streamId), streamTimeMs) || isAlarmed(rules.burst, found, origin.brokerAt))
    return planSampling(rules, { risk: found && riskOf(found), streamTimeMs, bursts, lagMs: lag.ms })
  }
  return {
    get lagMs() {
      return lag.ms
    },
    begin: ({ streamId, origin }) => {
      const behindMs = Math.max(0, now() - Date.parse(origin.brokerAt))
      lag.note(streamId, behindMs)
      const { skipFromMs = Infinity } = rules.overload
      return behindMs < skipFromMs ? null : `${seconds(behindMs)} behind: too late to be looked at`
    },
    choose: (segment, pictures) => {
      const planned = plan(segment, segment.streamTimeMs)
      const endMs = segment.streamTimeMs + segment.durationMs
      const chosen = pictures.map((picture, at) => {
        const shown = { atMs: picture.streamTimeMs, untilMs: pictures[at + 1]?.streamTimeMs ?? endMs }
        const choice = choosePicture(planned, places.get(segment.streamId), shown)
        keep(places, segment.streamId, choice.place)
        return { picture, ...choice }
      })
      return {
        pictures: chosen.filter(({ take }) => take).map(({ picture }) => picture),
        thinned: chosen.filter(({ thinned }) => thinned).length,
        plan: planned,
        lagMs: lag.ms,
      }
    },
    noteNearHit: (streamId, streamTimeMs) => keep(nearHits, streamId, streamTimeMs),
    forget: (streamId) => {
      places.delete(streamId)
      nearHits.delete(streamId)
      facts.forget(streamId)
    },
  }
}

type Burst = NonNullable<SamplingRules['burst']>

function isNearHit({ after, forMs }: Burst, atMs: number | undefined, streamTimeMs: number): boolean {
  return after.includes('near-hit') && isWithin(atMs ?? null, streamTimeMs, forMs)
}

/** On the broker's clock: so reports, chat and segments are told apart in time. */
function isAlarmed({ after, forMs }: Burst, facts: SamplingFacts | undefined, brokerAt: string): boolean {
  const nowMs = Date.parse(brokerAt)
  return (
    (after.includes('report') && isWithin(facts?.reportMs ?? null, nowMs, forMs)) ||
    (after.includes('chat') && isWithin(facts?.chatHitMs ?? null, nowMs, forMs))
  )
}

/** What is a little ahead, since lanes run beside each other, counts too. */
function isWithin(atMs: number | null, nowMs: number, forMs: number): boolean {
  return atMs !== null && Math.abs(nowMs - atMs) < forMs
}

function riskOf({ class: streamClass, tags, viewers, violations, ageBand }: SamplingFacts) {
  const minor = ageBand !== undefined && ageBand !== 'adult' && ageBand !== 'unknown'
  return { class: streamClass, tags, viewers, violations, minor }
}

/** The latest last; the one that was not asked for longest goes. */
function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > mostStreams && oldest !== undefined) map.delete(oldest)
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`
}
