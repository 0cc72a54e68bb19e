import type { SegmentAccepted, SignalRaised } from '@streamkeeper/contracts'
import type { Picture } from '@streamkeeper/media'
import type { Hit } from '../eyes.js'
import { signalIdOf } from '../signal-id.js'

/** A hit with its picture's place: the same hit on the same picture is always the same signal. */
export function signalOf(
  { streamId, sequence, origin }: SegmentAccepted,
  { streamTimeMs }: Picture,
  hit: Hit,
): SignalRaised {
  const time = Math.max(0, Math.round(streamTimeMs))
  return {
    ...hit,
    signalId: signalIdOf(streamId, hit.source, `${sequence}\0${time}\0${hit.lane}\0${hit.label}`),
    streamId,
    at: origin.brokerAt,
    streamTimeMs: time,
    shadow: hit.shadow ?? false,
  }
}
