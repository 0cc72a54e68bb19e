import { upsertAccount } from '@streamkeeper/database'
import { ok, type Step } from '@streamkeeper/pipeline'
import type { EventOfType, Incoming } from '../accepted.js'
import { caused } from '../caused.js'
import type { Deps } from '../deps.js'

/** Notes what is known of an account, the younger word winning, and hands it on. */
export function createAcceptAccountStep({
  database,
  log,
  topicPrefix,
  now,
}: Deps): Step<Incoming<EventOfType<'live.account.updated'>>, Incoming> {
  return {
    name: 'accept-account',
    run: async (account) => {
      await upsertAccount(database, account.event.data)
      const data = { ...account.event.data, receivedAt: new Date(now()).toISOString(), origin: account.origin }
      await log.publish([caused(topicPrefix, account, { type: 'moderation.account.accepted', data })])
      return ok(account)
    },
  }
}
