import { useEffect, useState } from 'react'

let offset = 0

/** Notes what time the server had, so that leases and countdowns run on its clock and not on a wrong one here. */
export function noteServerTime(at: string): void {
  const server = Date.parse(at)
  if (Number.isFinite(server)) offset = server - Date.now()
}

export function serverNow(): number {
  return Date.now() + offset
}

/** The server's time in ms, four times a second: every clock on the page ticks together. */
export function useNow(): number {
  const [now, setNow] = useState(serverNow)
  useEffect(() => {
    const timer = window.setInterval(() => setNow(serverNow()), 250)
    return () => window.clearInterval(timer)
  }, [])
  return now
}
