import type { EventData, TextMatch } from '@streamkeeper/contracts'
import { isRetriable, type LogRecord } from '@streamkeeper/pipeline'
import { withDeadline } from '@streamkeeper/runtime'
import type { ChatMemory } from '../chat-memory.js'
import type { Deps } from '../deps.js'
import type { LexiconSet } from '../lexicons.js'
import { findMatches, judgeChat, type JudgedChat } from './judge-chat.js'

type Chat = EventData<'moderation.chat.accepted'>

export type JudgeDeps = Pick<
  Deps,
  'policy' | 'lexicons' | 'chatMemory' | 'behaviour' | 'floods' | 'topicPrefix' | 'logger' | 'now'
>

/** What is known of a message so far; the search fills it in. */
interface Found {
  lexicons: LexiconSet
  matches: readonly TextMatch[]
  heldBack: ReadonlySet<string>
  missing: string | null
}

class TooLateError extends Error {
  override readonly name = 'TooLateError'
}

/**
 * Judges a message within `chat.deadlineMs` of the policy, counted from when what came before it is known: behaviour, words and
 * counts have it together. What is not known by then does not mean allow: the fallback of the policy applies, or what was found
 * if that is worse. What the late work does afterwards changes nothing. Waiting for others is what can be too long: the search
 * itself is linear, and a busy process that has found its verdict gives it, as it will when the message is read again. Throws
 * RetriableError while the log is away.
 */
export async function judgeInTime(deps: JudgeDeps, record: LogRecord, chat: Chat): Promise<JudgedChat> {
  const { policy, lexicons, now } = deps
  // After a start the windows are read back first: to hold all that comes meanwhile would bury the people.
  const remembered = await deps.chatMemory.take(record, chat)
  const found: Found = { lexicons: lexicons.current, matches: [], heldBack: new Set(), missing: null }
  const failure = await searchInTime(deps, { chat, remembered, found })
  return judgeChat(chat, { ...found, policy, missing: failure ?? found.missing, now: new Date(now()) })
}

interface Search {
  readonly chat: Chat
  readonly remembered: Awaited<ReturnType<ChatMemory['take']>>
  readonly found: Found
}

/** Why not everything could be found out, or null. */
async function searchInTime(deps: JudgeDeps, asked: Search): Promise<'deadline' | 'filter-failed' | null> {
  const { logger, policy } = deps
  const { messageId } = asked.chat
  const searching = search(deps, asked)
  try {
    await withDeadline(searching, policy.chat.deadlineMs, () => new TooLateError())
    return null
  } catch (err) {
    if (isRetriable(err)) throw err
    if (err instanceof TooLateError) {
      searching.catch((late: unknown) => logger.warn({ err: late, messageId }, 'judging failed after its deadline'))
      return 'deadline'
    }
    logger.error({ err, messageId }, 'the text filter failed, the fallback of the policy applies')
    return 'filter-failed'
  }
}

async function search(deps: JudgeDeps, { chat, remembered, found }: Search): Promise<void> {
  const { policy, lexicons, floods } = deps
  const behaviour = await deps.behaviour.judge(chat, remembered)
  found.lexicons = lexicons.current
  found.missing = behaviour.missing
  found.matches = findMatches(chat, { policy, lexicons: found.lexicons, before: remembered.before, behaviour })
  const answer = floods.judge(`${chat.streamId}\0${chat.messageId}`, found.matches)
  // Counted by now: what this process knows of its entries holds until the others have answered.
  found.heldBack = floods.known(found.matches)
  found.heldBack = await answer
}
