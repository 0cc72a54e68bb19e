import type { SegmentInspection } from './segment-inspection.js'

/** PTS have 33 bits. */
const PTS_RANGE = 2 ** 33
const TICKS_PER_MS = 90

/** Above the 240 pictures a second of slow motion; a few may share a time. */
const MAX_RATE = 300
const FEW = 2
/** A segment whose pictures span less than a half, or this much more, of what it should have is not timed by them. */
const LEAST_PART = 0.5
const MOST_PART = 1.5
const MOST_MORE_MS = 1000

type Times = Pick<SegmentInspection, 'firstPts' | 'times' | 'keyframes'>

/** Where the pictures of a segment lie in it: by their times, or in equal steps where those cannot be right. */
export class PictureClock {
  readonly #times: readonly number[]
  readonly #keyframes: readonly number[]
  readonly #durationMs: number
  readonly #first: number | undefined
  readonly #offsets: readonly number[]
  readonly #isByTimes: boolean
  /** More pictures at one time than anybody shows: what is given by time is then a part of what there is. */
  readonly isImpossible: boolean

  constructor({ firstPts, times, keyframes }: Times, durationMs: number) {
    this.#times = times
    this.#keyframes = keyframes ?? []
    this.#durationMs = durationMs
    this.#first = firstPts
    this.#offsets = times.map((pts) => this.#byTimes(pts))
    const span = this.#offsets.reduce((most, offset) => Math.max(most, offset), 0)
    this.isImpossible = isTooMany(times.length, span)
    this.#isByTimes = !this.isImpossible && this.#fits(span) && this.#ascend(this.#keyframes)
  }

  /** Tells milliseconds from the start of the segment, undefined when it has no times. Of equal times each is asked for once. */
  teller(): (pts: number) => number | undefined {
    const asked = new Map<number, number>()
    return (pts) => {
      if (this.#first === undefined || this.#isByTimes) return this.offsetOf(pts)
      // Of those with one time it can only be told which keyframe it is.
      const isOne = this.#times.indexOf(pts) === this.#times.lastIndexOf(pts)
      const steps = isOne ? this.#times : this.#keyframes
      const next = steps.indexOf(pts, asked.get(pts) ?? 0)
      const at = isOne || next !== -1 ? next : steps.lastIndexOf(pts)
      asked.set(pts, isOne ? at : at + 1)
      return at === -1 ? this.offsetOf(pts) : (at * this.#durationMs) / steps.length
    }
  }

  /** What its time claims. */
  offsetOf(pts: number): number | undefined {
    return this.#first === undefined ? undefined : this.#byTimes(pts)
  }

  #byTimes(pts: number): number {
    return ticksSince(this.#first ?? pts, pts) / TICKS_PER_MS
  }

  #fits(span: number): boolean {
    const count = this.#times.length
    if (count < 2) return true
    const whole = (span * count) / (count - 1)
    return whole >= this.#durationMs * LEAST_PART && whole <= this.#durationMs * MOST_PART + MOST_MORE_MS
  }

  /** Keyframes are shown in the order of decoding, and not more pictures between two than can be. */
  #ascend(keyframes: readonly number[]): boolean {
    const places = keyframes.map((pts) => this.#times.indexOf(pts))
    return places.every((place, at) => {
      const before = places[at - 1]
      const [from = 0, to = 0] = [this.#offsets[before ?? place], this.#offsets[place]]
      return before === undefined || (to > from && !isTooMany(place - before, to - from))
    })
  }
}

/** True when so many pictures cannot be shown in so long. */
export function isTooMany(count: number, ms: number): boolean {
  return count > FEW + (ms / 1000) * MAX_RATE
}

/** More at one time than encoders and rounded clocks make: a player that goes by its own steps shows so many for a third of a second. */
const MOST_AT_ONCE = 8

/** A minute at the highest rate, and a margin: of a segment that has more no more are read. */
export const MOST_TIMES = 20_000

/** True when so many of these (milliseconds, in any order) are so close that nobody can see them, or when there are more than may be. */
export function areCrowded(times: readonly number[]): boolean {
  if (times.length > MOST_TIMES) return true
  const inOrder = [...times].sort((one, other) => one - other)
  let least = Infinity
  return inOrder.some((time, at) => {
    const beyondRate = at - (time / 1000) * MAX_RATE
    least = Math.min(least, beyondRate)
    return beyondRate - least >= MOST_AT_ONCE
  })
}

/** The time of the picture that is shown first: one that is decoded later may be. */
export function earliestOf(times: readonly number[]): number | undefined {
  const [first] = times
  if (first === undefined) return undefined
  const least = times.reduce((before, pts) => Math.min(before, ticksSince(first, pts)), 0)
  return wrap(first + least)
}

/** Below zero for a time before it. */
function ticksSince(first: number, pts: number): number {
  const ticks = wrap(pts - first)
  return ticks > PTS_RANGE / 2 ? ticks - PTS_RANGE : ticks
}

/** A time as it stood in its packet: a decoder unfolds the 33 bits. */
export function wrap(ticks: number): number {
  return ((ticks % PTS_RANGE) + PTS_RANGE) % PTS_RANGE
}
