import { createHash } from 'node:crypto'
import { encodeEvent, type EncodedRecord } from '@streamkeeper/contracts'
import { drop, ok, type LogRecord, type Outcome, type ProcessContext } from '@streamkeeper/pipeline'
import { decodeOwn, source } from '../decode-own.js'
import type { ChatDeps, Deps } from '../deps.js'
import { fallBack, findMatches, judgeChat, type JudgedChat } from '../steps/judge-chat.js'

/** Every message gets a verdict; hits at the hold line and above become signals. */
export async function screenChat(deps: ChatDeps, record: LogRecord, context: ProcessContext): Promise<Outcome<void>> {
  const { verdicts, topicPrefix, policy } = deps
  const decoded = decodeOwn(topicPrefix, record)
  if (decoded.kind !== 'ok') return decoded
  if (decoded.value.type !== 'moderation.chat.accepted') return drop('other-type')
  const { data } = decoded.value
  const remembered = await deps.chatMemory.take(record, data)
  const behaviour = await deps.behaviour.judge(data, remembered)
  const lexicons = deps.lexicons.current
  const now = new Date(deps.now())
  const isLate = now.getTime() - new Date(data.receivedAt).getTime() > policy.chat.deadlineMs + backlogMs
  const judged = await judgeOrFallBack(
    deps,
    async () => {
      const matches = findMatches(data, { policy, lexicons, before: remembered.before, behaviour })
      const heldBack = await deps.floods.judge(`${data.streamId}\0${data.messageId}`, matches)
      return judgeChat(data, { policy, lexicons, matches, heldBack, missing: behaviour.missing, now })
    },
    (why) => fallBack(data, { policy, now, why }),
  )
  if (isLate) deps.logger.debug({ messageId: data.messageId }, 'a message was judged after its deadline')
  const handedOn = verdicts.add(data.streamId, recordsOf(topicPrefix, judged, now), context)
  // What the next one is judged by is known now; its verdict waits behind this one.
  context.admitNext()
  await handedOn
  return ok()
}

/** Above this the lane catches up after an outage; a verdict that is late is still the right one. */
const backlogMs = 60_000

/** A filter that fails must not let a message through: the policy's declared fallback says so. */
async function judgeOrFallBack(
  { logger }: Deps,
  judge: () => Promise<JudgedChat>,
  fallback: (why: string) => JudgedChat,
): Promise<JudgedChat> {
  try {
    return await judge()
  } catch (err) {
    logger.error({ err }, 'the text filter failed, the fallback of the policy applies')
    return fallback('filter-failed')
  }
}

function recordsOf(prefix: string, { judged, signals }: JudgedChat, time: Date): EncodedRecord[] {
  const { streamId, messageId } = judged
  const id = `verdict-${createHash('sha256').update(`${streamId}\0${messageId}`).digest('hex').slice(0, 32)}`
  return [
    encodeEvent(prefix, { type: 'moderation.chat.judged', id, source, subject: streamId, time, data: judged }),
    ...signals.map((data) =>
      encodeEvent(prefix, {
        type: 'moderation.signal.raised',
        id: data.signalId,
        source,
        subject: streamId,
        time,
        data,
      }),
    ),
  ]
}
