import type { EventData } from '@streamkeeper/contracts'
import type { EventLog, LogRecord } from '@streamkeeper/pipeline'
import { RecentMessages } from '@streamkeeper/text'
import { decodeOwn } from './decode-own.js'

type Chat = EventData<'moderation.chat.accepted'>

/** What accounts wrote just before, for words that are split over messages. */
export interface ChatMemory {
  /** Texts of the account's messages before this one, oldest first. Throws RetriableError while the log is away. */
  before(record: LogRecord, chat: Chat): Promise<readonly string[]>
}

/** So many records before the first one that we see of a partition are read back, if they are not older than so long. */
const recalledRecords = 500n
const recalledMs = 60_000
/** Far more than is in flight at once: a larger jump means that somebody else had the partition meanwhile. */
const largestJump = 2_000n

interface Recalled {
  last: bigint
  readonly done: Promise<void>
}

/** The memory lies in the process and is read back from the log, so that a restart or a move of a partition forgets nothing. */
export function createChatMemory(log: Pick<EventLog, 'read'>, topicPrefix: string): ChatMemory {
  const recent = new RecentMessages()
  const partitions = new Map<number, Recalled>()

  async function recall({ topic, partition, offset, brokerAt }: LogRecord): Promise<void> {
    const from = offset > recalledRecords ? offset - recalledRecords : 0n
    if (from === offset) return
    for (const record of await log.read(topic, partition, from, Number(offset - from))) {
      const decoded = decodeOwn(topicPrefix, record)
      if (record.brokerAt < brokerAt - recalledMs || decoded.kind !== 'ok') continue
      if (decoded.value.type === 'moderation.chat.accepted') add(decoded.value.data)
    }
  }

  function add({ streamId, accountId, messageId, text, sentAt }: Chat): readonly string[] {
    return recent.add(`${streamId}\0${accountId}`, { id: messageId, text, at: Date.parse(sentAt) })
  }

  function recallOnce(record: LogRecord): Promise<void> {
    const { partition, offset } = record
    const known = partitions.get(partition)
    if (known !== undefined && offset <= known.last + largestJump) {
      if (offset > known.last) known.last = offset
      return known.done
    }
    const done = recall(record)
    partitions.set(partition, { last: offset, done })
    // Whoever waits gets the error; the next record tries again.
    done.catch(() => partitions.delete(partition))
    return done
  }

  return {
    before: async (record, chat) => {
      await recallOnce(record)
      return add(chat)
    },
  }
}
