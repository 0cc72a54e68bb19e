import { ok, type Step } from '@streamkeeper/pipeline'
import { caused } from '../caused.js'
import type { Deps } from '../deps.js'
import type { Incoming, EventOfType } from '../accepted.js'
import type { Admitted } from './admit.js'

/** Hands a chat line on. */
export function createAcceptChatStep({
  log,
  topicPrefix,
  now,
}: Deps): Step<Admitted<EventOfType<'live.chat.sent'>>, Incoming> {
  return {
    name: 'accept-chat',
    run: async (chat) => {
      const data = { ...chat.event.data, receivedAt: new Date(now()).toISOString(), origin: chat.origin }
      await log.publish([caused(topicPrefix, chat, { type: 'moderation.chat.accepted', data })])
      return ok(chat)
    },
  }
}
