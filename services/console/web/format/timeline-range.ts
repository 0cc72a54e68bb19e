import type { SignalView } from '@streamkeeper/contracts'

export interface Range {
  fromMs: number
  toMs: number
}

const widest = 600_000
const margin = 60_000

/** Stream time of a signal; chat carries only its own clock, so the start of the broadcast is taken off. */
export function streamTimeOf(signal: Pick<SignalView, 'streamTimeMs' | 'at'>, startedAt: string): number {
  return signal.streamTimeMs ?? Math.max(0, Date.parse(signal.at) - Date.parse(startedAt))
}

/** The stretch to draw: the whole of a short stream, else ten minutes that end a minute after the last hit. */
export function timelineRange(times: readonly number[], lengthMs: number): Range {
  const last = times.length > 0 ? Math.max(...times) : lengthMs
  const end = Math.max(lengthMs, last, 1_000)
  if (end <= widest) return { fromMs: 0, toMs: end }
  const toMs = Math.min(end, last + margin)
  return { fromMs: Math.max(0, toMs - widest), toMs }
}

/** Where a moment stands in a range, in percent, kept inside of it. */
export function percentOf(timeMs: number, { fromMs, toMs }: Range): number {
  return Math.max(0, Math.min(100, ((timeMs - fromMs) / (toMs - fromMs)) * 100))
}

/** Round moments to write under the range: 5 to 10 of them. */
export function axisMarks({ fromMs, toMs }: Range): number[] {
  const steps = [1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000]
  const step = steps.find((each) => (toMs - fromMs) / each <= 10) ?? 120_000
  const first = Math.ceil(fromMs / step) * step
  return Array.from({ length: Math.floor((toMs - first) / step) + 1 }, (_, at) => first + at * step)
}
