import type { SegmentAccepted, SignalRaised } from '@streamkeeper/contracts'
import type { Picture } from '@streamkeeper/media'
import type { MediaDeps } from '../deps.js'
import type { Eyes } from '../eyes.js'
import { keepEvidence } from '../keep-evidence.js'
import type { Once } from '../lanes/once.js'
import { findText } from './find-text.js'
import { lookAtPicture, type Look } from './look-at-picture.js'
import { publishSignals } from './publish-signals.js'
import { signalOf } from './signal-of.js'

/** One picture of a segment, and what is done with it but once. `n`: which of the pictures that are looked at. */
export interface PictureAt {
  readonly segment: SegmentAccepted
  readonly picture: Picture
  readonly n: number
  readonly once: Once
}

/** A picture that was looked at, but for its text. */
interface Seen {
  readonly look: Look
  readonly isBlack: boolean
  readonly isTextDue: boolean
}

/** The gate saved it. Stream time in milliseconds of the look that holds. */
interface Saved {
  readonly unchangedSinceMs: number
}

/** What was published. */
interface Shown {
  readonly signals: readonly SignalRaised[]
}

export type SeenOrSaved = (Seen & Shown) | Saved
export type ReadText = Shown & Pick<Look, 'models'>

/** Looks at a picture unless the gate saves it; what it shows is published when this resolves. */
export async function seePicture(deps: MediaDeps, eyes: Eyes, at: PictureAt): Promise<SeenOrSaved> {
  const seen = await at.once(`see ${at.n}`, () => see(deps, eyes, at))
  if (!('look' in seen)) return seen
  return { ...seen, signals: await at.once(`show ${at.n}`, () => show(deps, at, seen.look)) }
}

async function see(deps: MediaDeps, eyes: Eyes, { segment, picture }: PictureAt): Promise<Seen | Saved> {
  const { streamId } = segment
  const answer = deps.gate.ask(streamId, picture)
  if (!answer.look) return { unchangedSinceMs: answer.unchangedSinceMs }
  const look = await lookAtPicture(eyes, { segment, picture })
  // What its text said may still stand there.
  deps.gate.looked(streamId, picture, look.isQuiet && deps.textTimes.isQuiet(streamId))
  if (look.isNear) deps.sampling.noteNearHit(streamId, picture.streamTimeMs)
  // What the others found counts, also when one could not look.
  const signals = deps.pictureFloods.mark(streamId, look.signals)
  const isTextDue = deps.textTimes.isDue(streamId, picture.streamTimeMs)
  return { look: { ...look, signals }, isBlack: answer.isBlack, isTextDue }
}

/** Reads the text of a picture that was looked at; what it says is published when this resolves. */
export async function readPicture(
  deps: MediaDeps,
  eyes: Eyes,
  at: PictureAt & { readonly look: Look },
): Promise<ReadText> {
  const { models, signals } = await at.once(`read ${at.n}`, () => read(deps, eyes, at))
  return { models, signals: await at.once(`tell ${at.n}`, () => show(deps, at, { ...at.look, signals })) }
}

async function read(
  deps: MediaDeps,
  eyes: Eyes,
  { segment, picture }: PictureAt,
): Promise<Pick<Look, 'signals' | 'models'>> {
  const { streamId } = segment
  const { outcome, hits, models } = await findText(eyes, { segment, picture })
  const foundNothing = outcome !== 'failed' && hits.length === 0
  deps.textTimes.wasRead(streamId, foundNothing)
  if (!foundNothing) deps.gate.looked(streamId, picture, false)
  if (hits.length === 0) return { signals: [], models }
  deps.sampling.noteNearHit(streamId, picture.streamTimeMs)
  const found = hits.map((hit) => signalOf(segment, picture, hit))
  return { signals: deps.pictureFloods.mark(streamId, found), models }
}

async function show(deps: MediaDeps, { segment, picture }: PictureAt, look: Look): Promise<readonly SignalRaised[]> {
  if (look.signals.length === 0) return []
  const signals = await keepEvidence(deps, { segment, picture, look })
  await publishSignals(deps, signals)
  return signals
}
