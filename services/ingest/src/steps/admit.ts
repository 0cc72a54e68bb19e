import type { DecodedEvent } from '@streamkeeper/contracts'
import type { StreamRow } from '@streamkeeper/database'
import { dlq, ok, type Step } from '@streamkeeper/pipeline'
import type { Incoming } from '../accepted.js'
import type { Deps } from '../deps.js'
import { retryUntilStarted, startDeadline } from './until-started.js'

/** What belongs to a stream is taken for so long after its end. */
const graceMs = 60_000

export interface Admitted<Event extends DecodedEvent = DecodedEvent> extends Incoming<Event> {
  readonly stream: StreamRow
}

/** Lets pass what belongs to a stream that was started, was not refused, and has not ended for too long. */
export function createAdmitStep({ streams }: Pick<Deps, 'streams'>): Step<Incoming, Admitted> {
  return {
    name: 'admit',
    run: async (incoming) => {
      const { subject } = incoming.event
      const stream = await streams.find(subject)
      if (stream === null) return retryUntilStarted(subject)
      if (stream.state === 'refused')
        return dlq('STREAM_REFUSED', `streamId: refused as ${stream.refusedCode ?? 'unknown'}`)
      if (isTooLate(incoming, stream))
        return dlq('STREAM_ENDED', `streamId: the stream ended at ${stream.endedAt?.toISOString() ?? '?'}`)
      return ok({ ...incoming, stream })
    },
    deadline: startDeadline<Incoming, Admitted>(),
  }
}

/** Up to 60 s after the end was taken, things whose own time is up to the end still belong. All on broker and event time. */
function isTooLate({ event, record }: Incoming, stream: StreamRow): boolean {
  if (stream.state !== 'ended' || stream.endedAt === null) return false
  const endTakenAt = (stream.endBrokerAt ?? stream.endedAt).getTime()
  return record.brokerAt > endTakenAt + graceMs || event.time.getTime() > stream.endedAt.getTime()
}
