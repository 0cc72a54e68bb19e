import { topicName, type ChatJudged, type EventData } from '@streamkeeper/contracts'
import type { EventLog, LogRecord } from '@streamkeeper/pipeline'
import { decodeOwn } from './decode-own.js'
import { oncePerStay } from './once-per-stay.js'
import { readBack } from './read-back.js'

type Chat = Pick<EventData<'moderation.chat.accepted'>, 'streamId' | 'messageId'>

/** Verdicts that stand in the log already, of messages that are read again after a crash or a move of their partition. */
export interface SaidBefore {
  /** The first verdict of the message, or null when none was given. Throws RetriableError while the log is away. */
  of(record: LogRecord, chat: Chat): Promise<ChatJudged | null>
}

/** What is read again was judged after it came; brokers' clocks may differ by so much. */
const skewMs = 5_000
/** Far more than was finished and not committed yet. A group that was set back on purpose is judged anew beyond it. */
const mostVerdicts = 10_000

/**
 * Who reads a message again must not come to another verdict because Redis was slow, a list was changed or a message came late: the
 * platform has acted on the first. Verdicts since the first record that we see of a partition are read back, so that they hold.
 */
export function createSaidBefore(log: Pick<EventLog, 'read' | 'bounds'>, topicPrefix: string): SaidBefore {
  const topic = topicName(topicPrefix, 'moderation.verdicts')
  const partitions = new Map<number, ReadonlyMap<string, ChatJudged>>()

  const readOnce = oncePerStay(async (record) => {
    const found = new Map<string, ChatJudged>()
    for (const { partition, end } of await verdictsOf(record))
      for await (const page of readBack(log, { topic, partition, offset: end }, record.brokerAt - skewMs)) {
        for (const one of page) note(found, one)
        if (found.size >= mostVerdicts) break
      }
    partitions.set(record.partition, found)
  })

  /** The same key lies in the partition of the same number, as long as both topics have as many. */
  async function verdictsOf(record: LogRecord): Promise<readonly { partition: number; end: bigint }[]> {
    const [own, all] = await Promise.all([log.bounds(record.topic), log.bounds(topic)])
    return own.length === all.length ? all.filter(({ partition }) => partition === record.partition) : all
  }

  function note(found: Map<string, ChatJudged>, record: LogRecord): void {
    const decoded = decodeOwn(topicPrefix, record)
    if (decoded.kind !== 'ok' || decoded.value.type !== 'moderation.chat.judged') return
    const { data } = decoded.value
    // What a person decided on a held message is another verdict.
    if (data.final !== true && !found.has(keyOf(data))) found.set(keyOf(data), data)
  }

  return {
    of: async (record, chat) => {
      await readOnce(record)
      return partitions.get(record.partition)?.get(keyOf(chat)) ?? null
    },
  }
}

function keyOf({ streamId, messageId }: Chat): string {
  return `${streamId}\0${messageId}`
}
