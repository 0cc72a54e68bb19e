import type { SignalView } from '@streamkeeper/contracts'

export interface HitGroup {
  /** The strongest signal of the picture. */
  signal: SignalView
  count: number
}

const pictureLanes = new Set(['picture', 'picture-text', 'code', 'hash'])

const stronger = (a: SignalView, b: SignalView) => b.severity - a.severity || b.score - a.score

/** The signals that stand for a picture, copies of one picture put together, in the order of the stream. */
export function groupHits(signals: readonly SignalView[]): HitGroup[] {
  const groups = new Map<string, HitGroup>()
  for (const signal of [...signals].sort((a, b) => a.seq - b.seq)) {
    if (!pictureLanes.has(signal.lane)) continue
    const picture = signal.preview ?? signal.still ?? signal.signalId
    const known = groups.get(picture)
    if (!known) groups.set(picture, { signal, count: 1 })
    else
      groups.set(picture, {
        signal: stronger(known.signal, signal) > 0 ? signal : known.signal,
        count: known.count + 1,
      })
  }
  return [...groups.values()]
}

/** Where the strongest hit stands: the one to look at first. */
export function strongestHit(groups: readonly HitGroup[]): number {
  return groups.reduce((best, group, at) => {
    const leader = groups[best]
    return leader && stronger(leader.signal, group.signal) > 0 ? at : best
  }, 0)
}
