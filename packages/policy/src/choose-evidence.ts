import type { Label, Lane } from '@streamkeeper/contracts'

/**
 * So many pictures a case keeps. A strip of 24 is taken in at a look, and a case of two hours of hits loads no more than
 * one of a minute. What is not kept is no loss: the segments lie in the archive, all of them.
 */
export const mostPictures = 24
/** Of these so many at most stand for a label and a lane; a case has rarely more than four. */
const mostWorst = 12

/** A hit with a picture. */
export interface PictureHit {
  readonly signalId: string
  readonly lane: Lane
  readonly label: Label
  readonly score: number
  readonly severity: number
  readonly streamTimeMs: number
}

/**
 * Which hits of a case keep their picture: the first, the latest, the worst of each label and lane (severity, then score),
 * and of the others the worst of each of equal stretches of time, as many stretches as there is room for. At most 24.
 *
 * The order of the hits does not count, and `choose(old and new) = choose(choose(old) and new)`: a case that grows asks with
 * what it kept, and what was once let go is never missed.
 */
export function chooseEvidence<Hit extends PictureHit>(hits: readonly Hit[]): Hit[] {
  const inOrder = [...new Map(hits.map((hit) => [hit.signalId, hit])).values()].toSorted(earlierFirst)
  const worst = worstOfEach(inOrder, ({ label, lane }) => `${label} ${lane}`)
    .toSorted(worseFirst)
    .slice(0, mostWorst)
  const chosen = new Set([...inOrder.slice(0, 1), ...inOrder.slice(-1), ...worst])
  for (const hit of spread(inOrder, mostPictures - 2 - worst.length)) chosen.add(hit)
  return inOrder.filter((hit) => chosen.has(hit))
}

const byName = (one: PictureHit, other: PictureHit): number => (one.signalId < other.signalId ? -1 : 1)
const earlierFirst = (one: PictureHit, other: PictureHit): number =>
  one.streamTimeMs - other.streamTimeMs || byName(one, other)
const worseFirst = (one: PictureHit, other: PictureHit): number =>
  other.severity - one.severity || other.score - one.score || earlierFirst(one, other)

function worstOfEach<Hit extends PictureHit>(hits: readonly Hit[], groupOf: (hit: Hit) => string | number): Hit[] {
  const groups = new Map<string | number, Hit>()
  for (const hit of hits) {
    const known = groups.get(groupOf(hit))
    if (known === undefined || worseFirst(hit, known) < 0) groups.set(groupOf(hit), hit)
  }
  return [...groups.values()]
}

/**
 * Stretches are twice as long until the time from the first to the latest has few enough. Two short ones make a long one, so
 * that its worst was kept before; and the first and the latest are kept, so that what was let go would not change the length.
 */
function spread<Hit extends PictureHit>(inOrder: readonly Hit[], most: number): Hit[] {
  const [fromMs, toMs] = [inOrder[0]?.streamTimeMs ?? 0, inOrder.at(-1)?.streamTimeMs ?? 0]
  let stretchMs = 1
  const stretchOf = (atMs: number): number => Math.floor(atMs / stretchMs)
  while (stretchOf(toMs) - stretchOf(fromMs) >= most) stretchMs *= 2
  return worstOfEach(inOrder, ({ streamTimeMs }) => stretchOf(streamTimeMs))
}
