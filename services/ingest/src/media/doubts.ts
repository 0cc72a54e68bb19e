/** After a failed single try, and while one is under way, nothing is asked for so long. */
const restMs = 10_000
/** More places than an operator lists; the oldest doubt is forgotten first. */
const most = 10_000

/** Whether a place is asked: as always, once and without waiting, or not at all. */
export type Trust = 'full' | 'once' | 'none'

/**
 * Remembers what was given up, so that a host that stays away costs its partition one deadline and not one a segment: then
 * one try at a time is made, at most each 10 s, until one succeeds.
 */
export interface Doubts {
  trust(place: string): Trust
  /** A whole deadline went by: the next try is a single one. */
  gaveUp(place: string): void
  /** A single try failed. */
  failedAgain(place: string): void
  succeeded(place: string): void
}

export function createDoubts(now: () => number): Doubts {
  const restsUntil = new Map<string, number>()
  const doubt = (place: string, until: number): void => {
    restsUntil.delete(place)
    restsUntil.set(place, until)
    const [oldest] = restsUntil.keys()
    if (restsUntil.size > most && oldest !== undefined) restsUntil.delete(oldest)
  }
  return {
    trust: (place) => {
      const until = restsUntil.get(place)
      if (until === undefined) return 'full'
      if (now() < until) return 'none'
      doubt(place, now() + restMs)
      return 'once'
    },
    gaveUp: (place) => {
      if (!restsUntil.has(place)) doubt(place, now())
    },
    failedAgain: (place) => doubt(place, now() + restMs),
    succeeded: (place) => void restsUntil.delete(place),
  }
}
