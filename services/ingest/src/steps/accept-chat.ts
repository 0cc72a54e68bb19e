import type { EncodedRecord } from '@streamkeeper/contracts'
import { ok, type InOrder, type ProcessContext, type Step } from '@streamkeeper/pipeline'
import { caused } from '../caused.js'
import type { Deps } from '../deps.js'
import type { Incoming, EventOfType } from '../accepted.js'
import type { Admitted } from './admit.js'

/** A chat line that lets the next of its stream come before it is handed on itself. */
export type ChatLine = Admitted<EventOfType<'live.chat.sent'>> & Pick<ProcessContext, 'admitNext'>

/** Hands a chat line on, in the order of its stream and with those that gather meanwhile. */
export function createAcceptChatStep(
  { topicPrefix, now }: Pick<Deps, 'topicPrefix' | 'now'>,
  lines: InOrder<EncodedRecord>,
): Step<ChatLine, Incoming> {
  return {
    name: 'accept-chat',
    run: async (chat, context) => {
      const data = { ...chat.event.data, receivedAt: new Date(now()).toISOString(), origin: chat.origin }
      const record = caused(topicPrefix, chat, { type: 'moderation.chat.accepted', data })
      const handedOn = lines.add(chat.event.data.streamId, record, context)
      chat.admitNext()
      await handedOn
      return ok(chat)
    },
  }
}
