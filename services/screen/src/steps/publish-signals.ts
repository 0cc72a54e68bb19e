import { encodeEvent, type SignalRaised } from '@streamkeeper/contracts'
import { source } from '../decode-own.js'
import type { MediaDeps } from '../deps.js'

/** Under ids that follow from what was seen: who is tried again says the same twice, and nothing new. */
export async function publishSignals(
  { log, topicPrefix, now }: Pick<MediaDeps, 'log' | 'topicPrefix' | 'now'>,
  signals: readonly SignalRaised[],
): Promise<void> {
  const time = new Date(now())
  await log.publish(
    signals.map((data) =>
      encodeEvent(topicPrefix, {
        type: 'moderation.signal.raised',
        id: data.signalId,
        source,
        subject: data.streamId,
        time,
        data,
      }),
    ),
  )
}
