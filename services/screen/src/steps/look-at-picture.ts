import { createHash } from 'node:crypto'
import type { SegmentAccepted, SignalRaised, Versioned } from '@streamkeeper/contracts'
import { isTestCardCode, readCodes, testCardIdentity, type Classifier } from '@streamkeeper/inference'
import type { Picture } from '@streamkeeper/media'
import { signalIdOf } from '../signal-id.js'

/** What was seen on one picture, and by what. `unseen` names a model that could not look: the stretch is then not looked at. */
export interface Look {
  readonly signals: readonly Omit<SignalRaised, 'evidence'>[]
  readonly codes: readonly string[]
  readonly models: readonly Versioned[]
  readonly unseen: string | null
}

/** The code reader as a versioned source of signals. */
export const codeReader: Versioned = {
  name: 'qr-code',
  version: '1',
  sha256: createHash('sha256').update('zxing qr-code 1').digest('hex'),
}

export interface LookParts {
  readonly classifiers: readonly Classifier[]
}

/** Runs every model and the code reader over one picture of a segment. */
export async function lookAtPicture(
  { classifiers }: LookParts,
  segment: SegmentAccepted,
  picture: Picture,
): Promise<Look> {
  const [results, codes] = await Promise.all([
    Promise.all(classifiers.map((one) => one.classify(picture))),
    readCodes(picture),
  ])
  const failed = results.find((result) => result.outcome === 'failed')
  const scored = results.filter((result) => result.outcome === 'scored')
  const hits = scored.flatMap(({ labels, model }) =>
    labels.map(({ label, score, severity }) =>
      signalOf(segment, picture, { lane: 'picture', label, score, severity, source: model }),
    ),
  )
  const cards = codes.filter((code) => isTestCardCode(code.text))
  const drills = cards.slice(0, 1).map(() =>
    signalOf(segment, picture, {
      lane: 'code',
      label: 'TEST_CARD',
      score: 1,
      severity: 95,
      source: testCardIdentity,
    }),
  )
  return {
    signals: [...hits, ...drills],
    codes: codes.map((code) => code.text),
    models: [...scored.map((result) => result.model), codeReader],
    unseen: failed === undefined ? null : `${failed.reason}: ${failed.detail}`,
  }
}

type Hit = Pick<SignalRaised, 'lane' | 'label' | 'score' | 'severity' | 'source'>

function signalOf(
  { streamId, sequence, origin }: SegmentAccepted,
  picture: Picture,
  hit: Hit,
): Omit<SignalRaised, 'evidence'> {
  const { streamTimeMs } = picture
  return {
    ...hit,
    signalId: signalIdOf(streamId, hit.source, `${sequence}\0${streamTimeMs}\0${hit.lane}\0${hit.label}`),
    streamId,
    at: origin.brokerAt,
    streamTimeMs,
    shadow: false,
  }
}
