import { ok, type Step } from '@streamkeeper/pipeline'
import type { EventOfType, Incoming } from '../accepted.js'
import { caused } from '../caused.js'
import type { Deps } from '../deps.js'

/** Hands the platform's answer to a command on, also of a stream that has ended: that is what a cut does. */
export function createAcceptAckStep({
  log,
  topicPrefix,
  now,
}: Deps): Step<Incoming<EventOfType<'live.command.acknowledged'>>, Incoming> {
  return {
    name: 'accept-ack',
    run: async (ack) => {
      const data = { ...ack.event.data, receivedAt: new Date(now()).toISOString(), origin: ack.origin }
      await log.publish([caused(topicPrefix, ack, { type: 'moderation.ack.accepted', data })])
      return ok(ack)
    },
  }
}
