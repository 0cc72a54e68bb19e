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
import { oncePerStay } from './once-per-stay.js'
import { readBack } from './read-back.js'

type Chat = EventData<'moderation.chat.accepted'>

/** What the account of a message did just before. */
export interface Remembered {
  /** Texts of the account's messages before this one, oldest first: for words that are split over messages. */
  readonly before: readonly string[]
  readonly activity: Activity
  /** Letters of the text without what makes it another one, and a key that is the same for texts that say nearly the same. */
  readonly gistLength: number
  readonly textKey: () => string
}

export interface ChatMemory {
  /** Takes a message in. Throws RetriableError while the log is away. */
  take(record: LogRecord, chat: Chat): Promise<Remembered>
}

/** Records before the first one that we see of a partition are read back, as far as windows reach, and at least so long. */
const leastRecalledMs = 15_000

/** What is said where no rule asks how people behave. */
const quiet = { activity: { sent: 1, same: 1 }, gistLength: 0, textKey: () => '' }

/** `lengths`: null where no rule asks how people behave. The memory lies in the process and is read back from the log, so that a restart or a move of a partition forgets nothing. */
export function createChatMemory(
  log: Pick<EventLog, 'read' | 'bounds'>,
  topicPrefix: string,
  lengths: WindowLengths | null,
): ChatMemory {
  const recent = new RecentMessages()
  const windows = lengths === null ? null : new AccountWindows(lengths)
  const recalledMs = Math.max(leastRecalledMs, lengths?.sentWithinMs ?? 0, lengths?.sameWithinMs ?? 0)
  const likeTexts = new LikeTexts()

  const recallOnce = oncePerStay(async ({ topic, partition, offset, brokerAt }) => {
    const since = brokerAt - recalledMs
    for await (const page of readBack(log, { topic, partition, offset }, since))
      for (const record of page) {
        const chat = record.brokerAt < since ? null : chatOf(topicPrefix, record)
        if (chat !== null) add(chat, record.brokerAt)
      }
  })

  /** Windows go by the log's clock: a sender's would let who sets it back write without end. */
  function add({ streamId, accountId, messageId, text, sentAt }: Chat, brokerAt: number): Remembered {
    const account = `${streamId}\0${accountId}`
    const before = recent.add(account, { id: messageId, text, at: Date.parse(sentAt) })
    if (windows === null) return { before, ...quiet }
    const gist = gistOf(text)
    // What says nothing in letters is like nothing else.
    const said = gist === '' ? text.slice(0, 100) : gist
    return {
      before,
      // By the very gist: which of two texts that are nearly the same came first is another thing after a restart.
      activity: windows.add(account, { id: messageId, key: said, at: brokerAt }),
      gistLength: Array.from(gist).length,
      textKey: () => (gist === '' ? said : likeTexts.keyOf(gist)),
    }
  }

  return {
    take: async (record, chat) => {
      await recallOnce(record)
      return add(chat, record.brokerAt)
    },
  }
}

function chatOf(topicPrefix: string, record: LogRecord): Chat | null {
  const decoded = decodeOwn(topicPrefix, record)
  return decoded.kind === 'ok' && decoded.value.type === 'moderation.chat.accepted' ? decoded.value.data : null
}
