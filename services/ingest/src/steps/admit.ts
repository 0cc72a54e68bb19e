import type { DecodedEvent } from '@streamkeeper/contracts'
import type { StreamRow } from '@streamkeeper/database'
import { dlq, ok, retry, RetriableError, type Step } from '@streamkeeper/pipeline'
import type { Incoming } from '../accepted.js'
import type { Deps } from '../deps.js'

/** Topics give no order among each other: the start of a stream may come a little later than what belongs to it. */
const waitForStartMs = 10_000
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
      if (stream === null)
        return retry(new RetriableError(`stream ${JSON.stringify(subject)} is not started yet`), 'stream-unknown')
      if (stream.state === 'refused')
        return dlq('STREAM_REFUSED', `streamId: refused as ${stream.refusedCode ?? 'unknown'}`)
      if (isTooLate(incoming, stream))
        return dlq('STREAM_ENDED', `streamId: the stream ended at ${stream.endedAt?.toISOString() ?? '?'}`)
      return ok({ ...incoming, stream })
    },
    deadline: {
      giveUpAfterMs: waitForStartMs,
      // Only the missing start has a time; a database that is away is waited for.
      orElse: ({ event }, late) => {
        const cause = late.cause
        const isUnknown = cause instanceof RetriableError && cause.message.includes('is not started yet')
        if (isUnknown)
          return dlq('STREAM_UNKNOWN', `streamId: no session ${JSON.stringify(event.subject)} was started within 10 s`)
        return retry(late)
      },
    },
  }
}

/** Up to 60 s after the end was taken, things whose own time is up to the end still belong. All on broker and event time. */
function isTooLate({ event, record }: Incoming, stream: StreamRow): boolean {
  if (stream.state !== 'ended' || stream.endedAt === null) return false
  const endTakenAt = (stream.endBrokerAt ?? stream.endedAt).getTime()
  return record.brokerAt > endTakenAt + graceMs || event.time.getTime() > stream.endedAt.getTime()
}
