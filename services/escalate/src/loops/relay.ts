import {
  buildEvent,
  encodeBuiltEvent,
  encodeEvent,
  events,
  isEventType,
  signEvent,
  type EncodedRecord,
  type EventData,
  type EventType,
} from '@streamkeeper/contracts'
import {
  hasRelayWork,
  markPublished,
  markSent,
  numberCommands,
  takeDueCommands,
  takeOutbox,
  type DueCommand,
  type OutboxRow,
} from '@streamkeeper/database'
import type { Deps } from '../deps.js'
import { relayHeld } from './settle-held.js'

export const source = '/streamkeeper/escalate'
const batch = 100

/** Publishes what was committed: events in order a key, commands in sequence a stream, again until they are answered, and final verdicts. */
export async function relayOnce(deps: Deps): Promise<void> {
  if (!(await hasRelayWork(deps.database, new Date(deps.now())))) return
  await relayEvents(deps)
  await relayCommands(deps)
  await relayHeld(deps, source)
}

async function relayEvents({ database, log, topicPrefix, now }: Deps): Promise<void> {
  await database.transaction(async (tx) => {
    const rows = await takeOutbox(tx, batch)
    if (rows.length === 0) return
    await log.publish(rows.map((row) => encodeRow(topicPrefix, row)))
    await markPublished(tx, rows, new Date(now()))
  })
}

function encodeRow(prefix: string, { key, event }: OutboxRow): EncodedRecord {
  const { type, id, time, data } = event
  if (!isEventType(type)) throw new Error(`outbox: ${type} is no event type`)
  // An actor's own place in the outbox is not his name in the log.
  const subject = events[type].topic === 'moderation.access' ? String(data['actor']) : key
  return encodeEvent<EventType>(prefix, {
    type,
    id,
    source,
    subject,
    time: new Date(time),
    data: data as EventData<EventType>,
  })
}

async function relayCommands(deps: Deps): Promise<void> {
  const { database, log, policy, keys } = deps
  const now = new Date(deps.now())
  await numberCommands(database, { now, limit: batch, keyId: keys.current().keyId })
  await database.transaction(async (tx) => {
    const due = await takeDueCommands(tx, { now, limit: batch })
    if (due.length === 0) return
    await log.publish(due.map((command) => encodeCommand(deps, command)))
    for (const command of due) await markSent(tx, command, { now, retryMs: policy.commands.retryMs })
  })
}

/** Ed25519 is deterministic and the content is the row's: each sending is the same event. */
function encodeCommand({ topicPrefix, keys }: Deps, { commandId, streamId, keyId, issued }: DueCommand): EncodedRecord {
  // A key that is gone is missed by an alarm; the platform must still be told.
  const { keyId: kid, privateKey } = (keyId === null ? null : keys.find(keyId)) ?? keys.current()
  const event = buildEvent({
    type: 'moderation.command.issued',
    id: commandId,
    source,
    subject: streamId,
    time: new Date(issued.issuedAt),
    data: issued,
  })
  return encodeBuiltEvent(topicPrefix, signEvent(event, kid, privateKey))
}
