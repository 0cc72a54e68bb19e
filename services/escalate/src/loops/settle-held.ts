import { createHash } from 'node:crypto'
import { encodeEvent, type EncodedRecord } from '@streamkeeper/contracts'
import { markHeldPublished, takeDecidedHeld, timeOutHeld, type DecidedHeldRow } from '@streamkeeper/database'
import type { Deps } from '../deps.js'

const batch = 200

/** One round: held messages whose time is up get the verdict of their policy. */
export async function timeOutMessages({ database, now, wakeRelay }: Deps): Promise<void> {
  let done = batch
  while (done === batch) {
    done = await timeOutHeld(database, { now: new Date(now()), limit: batch })
    if (done > 0) wakeRelay()
  }
}

/** Publishes final verdicts from their rows; one that was published and not marked goes out again as the same event. */
export async function relayHeld({ database, log, topicPrefix, now }: Deps, source: string): Promise<void> {
  await database.transaction(async (tx) => {
    const rows = await takeDecidedHeld(tx, batch)
    if (rows.length === 0) return
    await log.publish(rows.map((row) => encodeFinal(row, topicPrefix, source)))
    await markHeldPublished(tx, rows, new Date(now()))
  })
}

/** All of it is the row's, so that each sending is the same. */
function encodeFinal(row: DecidedHeldRow, prefix: string, source: string): EncodedRecord {
  const { streamId, messageId, state, matches, policy, fallback, decidedBy, decidedAt } = row
  const digest = createHash('sha256').update(`${streamId}\0${messageId}\0final`).digest('hex')
  return encodeEvent(prefix, {
    type: 'moderation.chat.judged',
    id: `verdict-${digest.slice(0, 32)}`,
    source,
    subject: streamId,
    time: decidedAt,
    data: {
      streamId,
      messageId,
      verdict: state === 'released' ? 'allow' : 'block',
      matches: [...matches],
      policy,
      judgedAt: decidedAt.toISOString(),
      final: true,
      decidedBy,
      ...(fallback === null ? {} : { fallback }),
    },
  })
}
