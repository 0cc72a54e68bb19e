import type { NotLookedReason, SegmentAccepted, SignalRaised, Versioned } from '@streamkeeper/contracts'
import type { Classifier, ClassifierResult } from '@streamkeeper/inference'
import type { Picture } from '@streamkeeper/media'
import type { Eyes, Hit } from '../eyes.js'
import type { OpenModel } from '../models.js'
import { findBanned } from './find-banned.js'
import { findCodes } from './find-codes.js'
import { signalOf } from './signal-of.js'

/** What was seen on one picture but for its text, and by what. `unseen` names a model that could not look: the stretch is then not looked at. */
export interface Look {
  readonly signals: readonly SignalRaised[]
  readonly codes: readonly string[]
  readonly models: readonly Versioned[]
  /** Something was found or came near to it: a score of half a review line or more. */
  readonly isNear: boolean
  /** Everything looked, and there was nothing near to a hit, nor a code. */
  readonly isQuiet: boolean
  readonly unseen: { readonly reason: NotLookedReason; readonly detail: string } | null
}

/** Runs every model, the code reader and the bank of banned pictures over one picture of a segment. */
export async function lookAtPicture(
  eyes: Eyes,
  { segment, picture }: { readonly segment: SegmentAccepted; readonly picture: Picture },
): Promise<Look> {
  const [results, codes] = await Promise.all([
    eyes.turns.run(() => Promise.all(eyes.models.current.map((model) => ask(model, picture)))),
    findCodes(eyes, picture),
  ])
  const own = results.filter(({ shadow }) => !shadow)
  const failed = own.map(({ result }) => result).find((result) => result.outcome === 'failed')
  const hits = [...results.flatMap(hitsOf), ...codes.hits, ...findBanned(eyes.banks.current, picture)]
  const isNear = hits.length > 0 || own.some(isNearHit)
  return {
    signals: hits.map((hit) => signalOf(segment, picture, hit)),
    codes: codes.texts,
    isNear,
    isQuiet: !isNear && codes.texts.length === 0 && failed === undefined,
    models: [...results.flatMap(({ result }) => modelOf(result)), codes.reader, eyes.banks.current.identity],
    unseen: failed === undefined ? null : unseenBy(failed),
  }
}

/** What a model answered; what a shadow cannot see is no stretch that nobody looked at. */
interface Asked {
  readonly manifest: Classifier['manifest']
  readonly shadow: boolean
  readonly result: ClassifierResult
}

async function ask({ classifier, shadow }: OpenModel, picture: Picture): Promise<Asked> {
  return { manifest: classifier.manifest, shadow, result: await classifier.classify(picture) }
}

function modelOf(result: ClassifierResult): readonly Versioned[] {
  return result.outcome === 'scored' ? [result.model] : []
}

/** A model that came to no answer in time is short of machines, not broken. */
function unseenBy({ reason, detail }: Failed): NonNullable<Look['unseen']> {
  const isLate = reason === 'timeout' || reason === 'overloaded'
  return { reason: isLate ? 'overload' : 'no-model', detail: `${reason}: ${detail}` }
}

type Failed = Extract<ClassifierResult, { outcome: 'failed' }>

/** Scores from the review line of the model's manifest on; what lies below is only coverage. */
function hitsOf({ manifest, shadow, result }: Asked): Hit[] {
  if (result.outcome !== 'scored') return []
  return result.labels.flatMap(({ label, score }) => {
    const threshold = manifest.thresholds[label]
    if (threshold === undefined || score < threshold.review) return []
    return [{ lane: 'picture' as const, label, score, severity: threshold.severity, source: result.model, shadow }]
  })
}

/** Half of the line: what is near to a hit is looked at again and again. */
function isNearHit({ manifest, result }: Asked): boolean {
  if (result.outcome !== 'scored') return false
  return result.labels.some(({ label, score }) => score >= (manifest.thresholds[label]?.review ?? 2) / 2)
}
