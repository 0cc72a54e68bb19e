import type { SignalView } from '@streamkeeper/contracts'

export interface HitGroup {
  /** The strongest signal of the picture. */
  signal: SignalView
  count: number
}

const pictureLanes = new Set(['picture', 'picture-text', 'code', 'hash'])

const stronger = (a: SignalView, b: SignalView) => b.severity - a.severity || b.score - a.score

const pictureOf = ({ preview, still }: SignalView): string | null => preview ?? still

/** A hit without a picture never stands for one that has. */
function leaderOf(known: SignalView, signal: SignalView): SignalView {
  const canLead = pictureOf(signal) !== null || pictureOf(known) === null
  return canLead && stronger(known, signal) > 0 ? signal : known
}

/**
 * The signals that stand for a picture, copies of one picture put together, in the order of the stream. A case of many hits
 * keeps a chosen few of the pictures: a hit without one counts with the picture before it.
 */
export function groupHits(signals: readonly SignalView[]): HitGroup[] {
  const groups = new Map<string, HitGroup>()
  let before: string | null = null
  for (const signal of [...signals].sort((a, b) => a.seq - b.seq)) {
    if (!pictureLanes.has(signal.lane)) continue
    before = pictureOf(signal) ?? before ?? signal.signalId
    const { signal: leader = signal, count = 0 } = groups.get(before) ?? {}
    groups.set(before, { signal: leaderOf(leader, signal), count: count + 1 })
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
