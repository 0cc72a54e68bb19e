import type { Ceilings, RecordClass, RetentionRule, StreamClass } from '@streamkeeper/contracts'
import { DateTime, Duration } from 'luxon'
import type { Profile } from './load-policy.js'

export interface RetentionQuestion {
  readonly kind: RecordClass
  /** Class of the stream; null for records that belong to none. */
  readonly streamClass: StreamClass | null
  /** Every time at which the thing could be said to begin: received, broker and store time. The latest counts. */
  readonly times: readonly Date[]
}

export interface RetentionAnswer {
  /** Not to be deleted before. */
  readonly until: Date
  readonly mode: Profile['lockMode']
  /** The rule whose floor decided. */
  readonly because: RetentionRule
}

/**
 * Latest of the times + the longest floor that applies + 1 day, counted on the calendar of the profile's zone.
 * Throws RangeError when no rule of the profile applies or no time is given: nothing is archived without a floor.
 */
export function retentionOf(profile: Profile, { kind, streamClass, times }: RetentionQuestion): RetentionAnswer {
  if (times.length === 0) throw new RangeError('retention needs at least one time')
  const start = new Date(Math.max(...times.map((time) => time.getTime())))
  const candidates = profile.retention
    .filter(
      (rule) =>
        rule.kinds.includes(kind) &&
        (rule.classes === undefined || (streamClass !== null && rule.classes.includes(streamClass))),
    )
    .map((rule) => ({ until: addCalendar(start, rule.floor, profile.timezone), mode: profile.lockMode, because: rule }))
  const longest = candidates.toSorted((a, b) => b.until.getTime() - a.until.getTime())[0]
  if (longest === undefined) throw new RangeError(`profile ${profile.id} has no retention rule for ${kind}`)
  return longest
}

/** The time before which second copies of a kind go, counted on the calendar of the profile's zone. */
export function oldestKept(profile: Profile, what: keyof Ceilings, now: Date): Date {
  const duration = Duration.fromISO(profile.ceilings[what])
  return DateTime.fromJSDate(now, { zone: profile.timezone }).minus(duration).toJSDate()
}

function addCalendar(start: Date, floor: string, zone: string): Date {
  const end = DateTime.fromJSDate(start, { zone }).plus(Duration.fromISO(floor)).plus({ days: 1 })
  if (!end.isValid) throw new RangeError(`no such time: ${start.toISOString()} + ${floor} in ${zone}`)
  return end.toJSDate()
}
