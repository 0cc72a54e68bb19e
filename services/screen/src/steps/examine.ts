import type { SegmentAccepted } from '@streamkeeper/contracts'
import { releasePicture, type DecodedSegment, type Picture } from '@streamkeeper/media'
import type { MediaDeps } from '../deps.js'
import type { Eyes } from '../eyes.js'
import type { Once } from '../lanes/once.js'
import type { Sample } from '../sampling/sampling.js'
import { notLooked, summarise, type Finding } from './finding.js'
import { readPicture, seePicture, type PictureAt, type ReadText, type SeenOrSaved } from './see-picture.js'

interface Given {
  readonly decoded: DecodedSegment
  readonly once: Once
}

/**
 * Looks at the pictures of a segment that are due, but for those that the gate saves, and publishes what they show: of each
 * picture as soon as it was seen. Text is read last: it takes as long as all else together, and nothing else waits for it.
 */
export async function examine(deps: MediaDeps, segment: SegmentAccepted, given: Given): Promise<Finding> {
  const { decoded, once } = given
  if (decoded.outcome === 'failed') return notLooked(decoded.reason, decoded.detail)
  const { eyes } = deps
  if (eyes === null) return notLooked('no-model', 'a model was refused')
  const sample = await once('choose', async () => choose(deps, segment, decoded.pictures))
  const places = sample.pictures.map((picture, n) => ({ segment, picture, n, once }))
  const seen = await seeAll(deps, eyes, places)
  const read = await readAll(deps, eyes, { places, seen })
  const finding = summarise(seen, read)
  // Everybody has answered. What shows something is not worth a mistake, and rare: the collector takes it, as it does after errors.
  if (isAnswered(finding)) for (const picture of sample.pictures) releasePicture(picture)
  return seen.length === 0 && sample.thinned > 0 ? notLooked('overload', sayThinned(sample)) : finding
}

function isAnswered({ state, reason, signals }: Finding): boolean {
  return signals.length === 0 && (state === 'looked' || reason === 'gate')
}

/** Until a model could not look at one. */
async function seeAll(deps: MediaDeps, eyes: Eyes, places: readonly PictureAt[]): Promise<SeenOrSaved[]> {
  const seen: SeenOrSaved[] = []
  for (const place of places) {
    const one = await seePicture(deps, eyes, place)
    seen.push(one)
    if ('look' in one && one.look.unseen !== null) break
  }
  return seen
}

/** What waits for its turn holds the memory of the pictures that are due, not of the others. */
function choose({ sampling }: MediaDeps, segment: SegmentAccepted, pictures: readonly Picture[]): Sample {
  const sample = sampling.choose(segment, pictures)
  for (const picture of pictures) if (!sample.pictures.includes(picture)) releasePicture(picture)
  return sample
}

function sayThinned({ plan, lagMs }: Sample): string {
  const each = `${(plan.intervalMs / 1000).toFixed(1)} s instead of ${(plan.wantedMs / 1000).toFixed(1)} s`
  return `thinned: a picture each ${each}, ${Math.round(lagMs / 1000)} s behind`
}

/** The text of those for which it is time. */
async function readAll(
  deps: MediaDeps,
  eyes: Eyes,
  { places, seen }: { readonly places: readonly PictureAt[]; readonly seen: readonly SeenOrSaved[] },
): Promise<ReadText[]> {
  const read: ReadText[] = []
  for (const [n, place] of places.entries()) {
    const one = seen[n]
    if (one !== undefined && 'look' in one && one.isTextDue)
      read.push(await readPicture(deps, eyes, { ...place, look: one.look }))
  }
  return read
}
