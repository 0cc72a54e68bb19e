import type { ChatBehaviour, EventData, TextMatch } from '@streamkeeper/contracts'
import { isRetriable, RetriableError } from '@streamkeeper/pipeline'
import type { Crowds } from '@streamkeeper/redis'
import { withDeadline } from '@streamkeeper/runtime'
import type { Remembered } from './chat-memory.js'

type Chat = EventData<'moderation.chat.accepted'>

/** What the behaviour of people says of a message. `missing`: what could not be asked in time, null when all was. */
export interface BehaviourFound {
  readonly matches: readonly TextMatch[]
  readonly missing: string | null
}

export interface Behaviour {
  judge(chat: Chat, remembered: Remembered): Promise<BehaviourFound>
}

export interface BehaviourParts {
  readonly rules: ChatBehaviour
  readonly crowds: Pick<Crowds, 'isCrowd'> | null
  /** How long counts of other processes are waited for, in milliseconds. */
  readonly deadlineMs: number
}

/** The label of all of them: a person who does this floods a chat; what he says is the lists' matter. */
const category = 'SPAM'

/** Rules of the policy about rate, repeats and crowds. */
export function createBehaviour({ rules, crowds, deadlineMs }: BehaviourParts): Behaviour {
  return {
    judge: async (chat, remembered) => {
      const own = ownMatches(rules, chat, remembered)
      const { crowd } = rules
      if (crowd === undefined || crowds === null || remembered.gistLength < crowd.minLength)
        return { matches: own, missing: null }
      try {
        const asked = crowds.isCrowd({
          textKey: remembered.textKey(),
          messageKey: `${chat.streamId}\0${chat.messageId}`,
          account: chat.accountId,
          at: Date.parse(chat.sentAt),
        })
        const isCrowd = await withDeadline(asked, deadlineMs, () => new RetriableError('no answer in time'))
        return { matches: isCrowd ? [...own, matchOf(chat, 'behaviour.crowd', crowd.severity)] : own, missing: null }
      } catch (error) {
        if (!isRetriable(error)) throw error
        // Redis is away or slow: who decides is told, since a count that is missing must not let a message through.
        return { matches: own, missing: 'counts-missing' }
      }
    },
  }
}

function ownMatches({ rate, repeats }: ChatBehaviour, chat: Chat, { activity, gistLength }: Remembered): TextMatch[] {
  const isFast = rate !== undefined && activity.sent >= rate.messages
  const isRepeated = repeats !== undefined && activity.same >= repeats.messages && gistLength >= repeats.minLength
  return [
    ...(isFast ? [matchOf(chat, 'behaviour.rate', rate.severity)] : []),
    ...(isRepeated ? [matchOf(chat, 'behaviour.repeats', repeats.severity)] : []),
  ]
}

/** Names of expressions that find links begin with one of these. */
const linkNames = ['url', 'domain', 'invite']

/** Links by accounts that are younger than the policy's figure, where the platform tells how old they are. */
export function judgeNewAccount(
  { newAccountLinks: rule }: ChatBehaviour,
  { accountCreatedAt, sentAt }: Chat,
  matches: readonly TextMatch[],
): TextMatch[] {
  if (rule === undefined || accountCreatedAt === undefined) return []
  if (Date.parse(sentAt) - Date.parse(accountCreatedAt) >= rule.accountAgeMs) return []
  const link = matches.find(({ entry }) => linkNames.some((name) => entry === name || entry.startsWith(`${name}.`)))
  return link === undefined
    ? []
    : [{ ...withoutList(link), entry: 'behaviour.new-account-link', category, severity: rule.severity }]
}

function withoutList({ start, end, matched, via }: TextMatch): Pick<TextMatch, 'start' | 'end' | 'matched' | 'via'> {
  return { start, end, matched, via }
}

/** The whole message is what was hit. */
function matchOf({ text }: Chat, entry: string, severity: number): TextMatch {
  return { entry, category, severity, start: 0, end: text.length, matched: text, via: [] }
}
