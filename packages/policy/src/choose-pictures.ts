import type { SamplingPlan } from './plan-sampling.js'

/** What was decided of the pictures of a stream so far. Milliseconds of stream time. */
export interface SamplingPlace {
  readonly takenMs: number
  /** The last that would have been taken without overload. */
  readonly wantedMs: number
  readonly seenMs: number
}

export interface Choice {
  /** Whether the picture is looked at. */
  readonly take: boolean
  /** Left out only because of overload. */
  readonly thinned: boolean
  readonly place: SamplingPlace
}

/** Clocks of encoders are not exact: a picture that comes a little early is still taken. */
const earlyPart = 0.1

/** When a picture is shown, in milliseconds of stream time. */
export interface ShownPicture {
  readonly atMs: number
  /** Until another comes, as far as that is known: the next one of its segment, or the segment's end. */
  readonly untilMs: number
}

/**
 * Whether the next picture of a stream is looked at. One that lies short of the interval is taken all the same when it stands for an
 * interval itself, or until after the floor, or when the one behind it, judged by their distance so far, would come after that.
 */
export function choosePicture(
  plan: SamplingPlan,
  before: SamplingPlace | undefined,
  { atMs, untilMs }: ShownPicture,
): Choice {
  const taken = { take: true, thinned: false, place: { takenMs: atMs, wantedMs: atMs, seenMs: atMs } }
  // The first, and the first after a clock that went back.
  if (before === undefined || atMs < before.seenMs) return taken
  const sinceMs = atMs - before.takenMs
  const nextMs = Math.max(sinceMs + (atMs - before.seenMs), untilMs - before.takenMs)
  if (isDue(sinceMs, plan.intervalMs) || isDue(untilMs - atMs, plan.intervalMs) || nextMs > plan.floorMs) return taken
  const thinned = isDue(atMs - before.wantedMs, plan.wantedMs)
  return { take: false, thinned, place: { ...before, wantedMs: thinned ? atMs : before.wantedMs, seenMs: atMs } }
}

function isDue(sinceMs: number, intervalMs: number): boolean {
  return sinceMs >= intervalMs * (1 - earlyPart)
}
