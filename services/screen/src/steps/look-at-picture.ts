import { createHash } from 'node:crypto'
import type { NotLookedReason, SegmentAccepted, SignalRaised, Versioned } from '@streamkeeper/contracts'
import {
  isTestCardCode,
  readCodes,
  TEST_CARD_PAYLOAD,
  type Classifier,
  type ClassifierResult,
} from '@streamkeeper/inference'
import type { Picture } from '@streamkeeper/media'
import { signalIdOf } from '../signal-id.js'

/** What was seen on one picture, and by what. `unseen` names a model that could not look: the stretch is then not looked at. */
export interface Look {
  readonly signals: readonly SignalRaised[]
  readonly codes: readonly string[]
  readonly models: readonly Versioned[]
  /** Nothing was found, nor came near to it: no score of half a review line or more. */
  readonly isQuiet: boolean
  readonly unseen: { readonly reason: NotLookedReason; readonly detail: string } | null
}

/** The code reader as a versioned source. */
const codeReader: Versioned = { name: 'qr-code', version: '1', sha256: digestOf('zxing qr-code 1') }
/** The rule that answers the test card: its digest is over the payload that it knows. */
const testCardRule: Versioned = { name: 'test-card', version: '1', sha256: digestOf(TEST_CARD_PAYLOAD) }
const testCardSeverity = 95

/** Runs every model and the code reader over one picture of a segment. */
export async function lookAtPicture(
  classifiers: readonly Classifier[],
  segment: SegmentAccepted,
  picture: Picture,
): Promise<Look> {
  const [results, codes] = await Promise.all([
    Promise.all(classifiers.map(async (one) => ({ one, result: await one.classify(picture) }))),
    readCodes(picture),
  ])
  const failed = results.map(({ result }) => result).find((result) => result.outcome === 'failed')
  const hits = results.flatMap(({ one, result }) => hitsOf(one, result).map((hit) => signalOf(segment, picture, hit)))
  const isCard = codes.some((code) => isTestCardCode(code.text))
  const card = signalOf(segment, picture, {
    lane: 'code',
    label: 'TEST_CARD',
    score: 1,
    severity: testCardSeverity,
    source: testCardRule,
  })
  return {
    signals: isCard ? [...hits, card] : hits,
    codes: codes.map((code) => code.text),
    isQuiet: codes.length === 0 && results.every(({ one, result }) => isQuiet(one, result)),
    models: [...results.flatMap(({ result }) => (result.outcome === 'scored' ? [result.model] : [])), codeReader],
    unseen: failed === undefined ? null : unseenBy(failed),
  }
}

/** A model that came to no answer in time is short of machines, not broken. */
function unseenBy({ reason, detail }: Failed): NonNullable<Look['unseen']> {
  const isLate = reason === 'timeout' || reason === 'overloaded'
  return { reason: isLate ? 'overload' : 'no-model', detail: `${reason}: ${detail}` }
}

type Failed = Extract<ClassifierResult, { outcome: 'failed' }>
type Hit = Pick<SignalRaised, 'lane' | 'label' | 'score' | 'severity' | 'source'>

/** Scores from the review line of the model's manifest on; what lies below is only coverage. */
function hitsOf({ manifest }: Classifier, result: ClassifierResult): Hit[] {
  if (result.outcome !== 'scored') return []
  return result.labels.flatMap(({ label, score }) => {
    const threshold = manifest.thresholds[label]
    if (threshold === undefined || score < threshold.review) return []
    return [{ lane: 'picture' as const, label, score, severity: threshold.severity, source: result.model }]
  })
}

/** Half of the line: what is near to a hit is looked at again and again. */
function isQuiet({ manifest }: Classifier, result: ClassifierResult): boolean {
  if (result.outcome !== 'scored') return false
  return result.labels.every(({ label, score }) => score < (manifest.thresholds[label]?.review ?? 2) / 2)
}

function signalOf({ streamId, sequence, origin }: SegmentAccepted, { streamTimeMs }: Picture, hit: Hit): SignalRaised {
  const time = Math.max(0, Math.round(streamTimeMs))
  return {
    ...hit,
    signalId: signalIdOf(streamId, hit.source, `${sequence}\0${time}\0${hit.lane}\0${hit.label}`),
    streamId,
    at: origin.brokerAt,
    streamTimeMs: time,
    shadow: false,
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
