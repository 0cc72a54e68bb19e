import type { Span } from './pattern.js'

/**
 * Leaves out the allowed phrases and every hit that lies wholly inside one of them. `hits` come sorted by start, the
 * longer first, so that a phrase comes before what it covers.
 */
export function dropAllowed<T extends Span>(hits: readonly T[], isAllowed: (hit: T) => boolean): T[] {
  const starts = new Map<number, number>()
  for (const hit of hits) if (isAllowed(hit)) starts.set(hit.start, Math.max(hit.end, starts.get(hit.start) ?? 0))
  let covered = 0
  return hits.filter((hit) => {
    covered = Math.max(covered, starts.get(hit.start) ?? 0)
    return !isAllowed(hit) && hit.end > covered
  })
}
