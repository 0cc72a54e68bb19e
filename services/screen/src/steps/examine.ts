import type { NotLookedReason, SegmentAccepted, SignalRaised, Versioned } from '@streamkeeper/contracts'
import { releasePicture, type DecodedSegment, type Picture } from '@streamkeeper/media'
import type { MediaDeps } from '../deps.js'
import type { Eyes } from '../eyes.js'
import { keepEvidence } from '../keep-evidence.js'
import type { Sample } from '../sampling/sampling.js'
import { lookAtPicture } from './look-at-picture.js'

/** What was found out about a stretch of stream. */
export interface Finding {
  readonly state: 'looked' | 'not-looked'
  readonly reason: NotLookedReason | null
  readonly detail: string | null
  readonly models: readonly Versioned[]
  readonly pictures: number
  readonly signals: readonly SignalRaised[]
}

/** A stretch that nothing looked at, and why. */
export function notLooked(
  reason: NotLookedReason,
  detail: string | null,
  signals: readonly SignalRaised[] = [],
): Finding {
  const told = detail === null ? null : detail.slice(0, 500)
  return { state: 'not-looked', reason, detail: told, models: [], pictures: 0, signals }
}

/** Looks at the pictures of a segment that are due, but for those that the gate saves. */
export async function examine(deps: MediaDeps, segment: SegmentAccepted, decoded: DecodedSegment): Promise<Finding> {
  if (decoded.outcome === 'failed') return notLooked(decoded.reason, decoded.detail)
  const { eyes } = deps
  if (eyes === null) return notLooked('no-model', 'a model was refused')
  const found: PictureFinding[] = []
  const sample = choose(deps, segment, decoded.pictures)
  for (const picture of sample.pictures) {
    const one = await examinePicture(deps, eyes, { segment, picture })
    found.push(one)
    if (one.unseen !== null) return notLooked(one.unseen.reason, one.unseen.detail, signalsOf(found))
  }
  // Everybody has answered. What shows something is not worth a mistake, and rare: the collector takes it, as it does after errors.
  if (signalsOf(found).length === 0) for (const picture of sample.pictures) releasePicture(picture)
  return found.length === 0 && sample.thinned > 0 ? notLooked('overload', sayThinned(sample)) : summarise(found)
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

function summarise(found: readonly PictureFinding[]): Finding {
  const looked = found.filter(({ saved }) => saved === null)
  const saved = found.at(-1)?.saved ?? null
  if (looked.length === 0 && saved !== null) return notLooked('gate', `unchanged since ${Math.round(saved)} ms`)
  return {
    state: 'looked',
    reason: null,
    detail: looked.some(({ isBlack }) => isBlack) ? 'black picture' : null,
    models: looked.at(-1)?.models ?? [],
    pictures: looked.length,
    signals: signalsOf(found),
  }
}

interface PictureFinding {
  /** Stream time of the look that holds for this picture too, when the gate saved it. */
  readonly saved: number | null
  readonly isBlack: boolean
  readonly models: readonly Versioned[]
  readonly signals: readonly SignalRaised[]
  readonly unseen: { readonly reason: NotLookedReason; readonly detail: string } | null
}

async function examinePicture(
  deps: MediaDeps,
  eyes: Eyes,
  { segment, picture }: { readonly segment: SegmentAccepted; readonly picture: Picture },
): Promise<PictureFinding> {
  const answer = deps.gate.ask(segment.streamId, picture)
  if (!answer.look) return { saved: answer.unchangedSinceMs, isBlack: false, models: [], signals: [], unseen: null }
  const readText = deps.textTimes.isDue(segment.streamId, picture.streamTimeMs)
  const look = await lookAtPicture(eyes, { segment, picture, readText })
  // What the others found counts, also when one could not look.
  const marked = deps.pictureFloods.mark(segment.streamId, look.signals)
  const evidence = { segment, picture, look: { ...look, signals: marked } }
  const signals = marked.length > 0 ? await keepEvidence(deps, evidence) : []
  deps.gate.looked(segment.streamId, picture, look.unseen === null && look.isQuiet)
  if (look.isNear) deps.sampling.noteNearHit(segment.streamId, picture.streamTimeMs)
  return { saved: null, isBlack: answer.isBlack, models: look.models, signals, unseen: look.unseen }
}

function signalsOf(found: readonly PictureFinding[]): SignalRaised[] {
  return found.flatMap(({ signals }) => signals)
}
