import { createHash } from 'node:crypto'
import { encodeEvent, type EncodedRecord } from '@streamkeeper/contracts'
import { drop, ok, type LogRecord, type Outcome, type ProcessContext } from '@streamkeeper/pipeline'
import { decodeOwn, source } from '../decode-own.js'
import type { ChatDeps } from '../deps.js'
import type { JudgedChat } from '../steps/judge-chat.js'
import { judgeInTime, type JudgeDeps } from '../steps/judge-in-time.js'

/** Every message gets a verdict, within its deadline, and keeps it when it is read again; hits at the hold line and above become signals. */
export async function screenChat(
  deps: JudgeDeps & Pick<ChatDeps, 'saidBefore' | 'verdicts' | 'fallbacks'>,
  record: LogRecord,
  context: ProcessContext,
): Promise<Outcome<void>> {
  const { verdicts, fallbacks, topicPrefix, now } = deps
  const decoded = decodeOwn(topicPrefix, record)
  if (decoded.kind !== 'ok') return decoded
  if (decoded.value.type !== 'moderation.chat.accepted') return drop('other-type')
  const { data } = decoded.value
  const before = await deps.saidBefore.of(record, data)
  const { judged, signals } = await judgeInTime(deps, record, data)
  if (before === null && judged.fallback !== undefined) fallbacks.inc({ reason: judged.fallback })
  const records = recordsOf(topicPrefix, { judged: before ?? judged, signals }, new Date(now()))
  const handedOn = verdicts.add(data.streamId, records, context)
  // What the next one is judged by is known now; its verdict waits behind this one.
  context.admitNext()
  await handedOn
  return ok()
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
