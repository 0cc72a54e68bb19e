import type { EventData } from '@streamkeeper/contracts'
import type { EventLog, LogRecord } from '@streamkeeper/pipeline'
import {
  AccountWindows,
  gistOf,
  LikeTexts,
  RecentMessages,
  type Activity,
  type WindowLengths,
} from '@streamkeeper/text'
import { decodeOwn } from './decode-own.js'

type Chat = EventData<'moderation.chat.accepted'>

/** What the account of a message did just before. */
export interface Remembered {
  /** Texts of the account's messages before this one, oldest first: for words that are split over messages. */
  readonly before: readonly string[]
  readonly activity: Activity
  /** Letters of the text without what makes it another one, and a key that is the same for texts that say the same. */
  readonly gistLength: number
  readonly textKey: string
}

export interface ChatMemory {
  /** Takes a message in. Throws RetriableError while the log is away. */
  take(record: LogRecord, chat: Chat): Promise<Remembered>
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
export function createChatMemory(
  log: Pick<EventLog, 'read'>,
  topicPrefix: string,
  lengths: WindowLengths = { sentWithinMs: recalledMs, sameWithinMs: recalledMs },
): ChatMemory {
  const recent = new RecentMessages()
  const windows = new AccountWindows(lengths)
  const likeTexts = new LikeTexts()
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

  function add({ streamId, accountId, messageId, text, sentAt }: Chat): Remembered {
    const account = `${streamId}\0${accountId}`
    const at = Date.parse(sentAt)
    const gist = gistOf(text)
    // What says nothing in letters is like nothing else.
    const textKey = gist === '' ? text.slice(0, 100) : likeTexts.keyOf(gist)
    return {
      before: recent.add(account, { id: messageId, text, at }),
      activity: windows.add(account, { id: messageId, key: textKey, at }),
      gistLength: Array.from(gist).length,
      textKey,
    }
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
    take: async (record, chat) => {
      await recallOnce(record)
      return add(chat)
    },
  }
}
