/** Seconds as m:ss or h:mm:ss; below zero with a real minus sign. */
export function formatClock(seconds: number): string {
  const whole = Math.abs(Math.round(seconds))
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  const pad = (part: number) => String(part).padStart(2, '0')
  const sign = Math.round(seconds) < 0 ? '−' : ''
  return `${sign}${hours > 0 ? `${hours}:${pad(minutes)}` : minutes}:${pad(whole % 60)}`
}

/** Time of day of a UTC time in the reader's own zone, 24 hours, with seconds. */
export function formatTimeOfDay(utc: string, zone?: string): string {
  return new Date(utc).toLocaleTimeString('en-GB', { hour12: false, ...(zone === undefined ? {} : { timeZone: zone }) })
}

/** Seconds from `now` (ms) until a UTC time; below zero when it is past. */
export function secondsUntil(utc: string, now: number): number {
  return (Date.parse(utc) - now) / 1000
}

/** Largest unit of an age: what to show and which word goes with it. */
export function splitAge(seconds: number): { unit: 'seconds' | 'minutes' | 'hours'; value: number } {
  const whole = Math.max(0, Math.floor(seconds))
  if (whole < 60) return { unit: 'seconds', value: whole }
  if (whole < 3600) return { unit: 'minutes', value: Math.floor(whole / 60) }
  return { unit: 'hours', value: Math.floor(whole / 360) / 10 }
}
