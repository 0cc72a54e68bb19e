import { formatClock, secondsUntil } from '../format/clock.js'
import { useNow } from '../state/server-clock.js'

/** Time left until a UTC time: amber below `warnAt` seconds, red with a minus sign when past. */
export function Countdown({ until, warnAt = 0 }: { until: string; warnAt?: number }) {
  const left = secondsUntil(until, useNow())
  const tone = left < 0 ? 'late' : left < warnAt ? 'soon' : ''
  return <span className={`num ${tone}`}>{formatClock(left)}</span>
}
