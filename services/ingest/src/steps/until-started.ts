import { dlq, retry, RetriableError, type BackOff, type Deadline, type Retry } from '@streamkeeper/pipeline'
import type { Incoming } from '../accepted.js'

/** Topics give no order among each other: the start of a stream may come a little later than what belongs to it. */
const waitForStartMs = 10_000
/** What is on its way comes in a moment; the first seconds of a stream are not to wait for a doubled wait. */
export const soon: BackOff = { firstMs: 50, capMs: 250 }

class UnknownStreamError extends RetriableError {
  override readonly name = 'UnknownStreamError'

  constructor(streamId: string) {
    super(`stream ${JSON.stringify(streamId)} is not started yet`)
  }
}

export function retryUntilStarted(streamId: string): Retry {
  return retry(new UnknownStreamError(streamId), 'stream-unknown', soon)
}

/** Gives up what belongs to a stream that nobody started. Only the missing start has a time; a database that is away is waited for. */
export function startDeadline<In extends Incoming, Out>(): Deadline<In, Out> {
  return {
    giveUpAfterMs: waitForStartMs,
    orElse: ({ event }, late) =>
      late.cause instanceof UnknownStreamError
        ? dlq('STREAM_UNKNOWN', `streamId: no session ${JSON.stringify(event.subject)} was started within 10 s`)
        : retry(late),
  }
}
