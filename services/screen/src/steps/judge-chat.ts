import {
  Label,
  type ChatJudged,
  type EventData,
  type SignalRaised,
  type TextMatch,
  type Verdict,
} from '@streamkeeper/contracts'
import type { Policy } from '@streamkeeper/policy'
import { judgeMatches } from '@streamkeeper/text'
import type { LexiconSet } from '../lexicons.js'
import { signalIdOf } from '../signal-id.js'

type Chat = EventData<'moderation.chat.accepted'>

/** What the chat lane concludes of one message. */
export interface JudgedChat {
  readonly judged: ChatJudged
  readonly signals: readonly SignalRaised[]
}

/** A verdict for the message by policy, read with what its account wrote just before, and a signal for each label that was hit at least at the hold line. */
export function judgeChat(
  chat: Chat,
  { policy, lexicons, before, now }: { policy: Policy; lexicons: LexiconSet; before: readonly string[]; now: Date },
): JudgedChat {
  const { matcher } = lexicons
  const matches = [...matcher.scanAfter(before, chat.text), ...matcher.scan(chat.text)]
  const judged = verdictOf(chat, { policy, now, verdict: judgeMatches(matches, policy.chat), matches })
  return { judged, signals: signalsOf(chat, matches, { policy, lexicons }) }
}

/** The policy's declared fallback, with the reason: a message that could not be judged is never allowed by silence. */
export function fallBack(chat: Chat, { policy, now, why }: { policy: Policy; now: Date; why: string }): JudgedChat {
  return {
    judged: { ...verdictOf(chat, { policy, now, verdict: policy.chat.fallback, matches: [] }), fallback: why },
    signals: [],
  }
}

function verdictOf(
  chat: Chat,
  { policy, now, verdict, matches }: { policy: Policy; now: Date; verdict: Verdict; matches: readonly TextMatch[] },
): ChatJudged {
  const { streamId, messageId } = chat
  const judged = {
    streamId,
    messageId,
    verdict,
    matches: [...matches],
    policy: policy.identity,
    judgedAt: now.toISOString(),
  }
  return verdict === 'hold' ? { ...judged, ...contentOf(chat) } : judged
}

/** Whoever decides on a held message must read it; of the others the text goes no further. */
function contentOf({ text, accountId, nickname, sentAt }: Chat): Partial<ChatJudged> {
  const content = { text, accountId, sentAt: new Date(sentAt).toISOString() }
  return nickname === undefined ? content : { ...content, nickname }
}

function signalsOf(
  chat: Chat,
  matches: readonly TextMatch[],
  { policy, lexicons }: { policy: Policy; lexicons: LexiconSet },
): SignalRaised[] {
  const heavy = matches.filter((match) => match.severity >= policy.chat.holdFrom)
  return [...new Set(heavy.map((match) => match.category))].map((category) => {
    const found = heavy.filter((match) => match.category === category)
    const severity = found.reduce((worst, match) => Math.max(worst, match.severity), 0)
    const label = Label.safeParse(category).data ?? 'OTHER'
    return {
      signalId: signalIdOf(chat.streamId, lexicons.identity, `${chat.messageId}\0${label}`),
      streamId: chat.streamId,
      lane: 'chat',
      label,
      score: severity / 100,
      severity,
      source: lexicons.identity,
      at: new Date(chat.sentAt).toISOString(),
      messageId: chat.messageId,
      evidence: { text: chat.text, matches: found, accountId: chat.accountId },
      shadow: false,
      ...(chat.streamTimeMs === undefined ? {} : { streamTimeMs: chat.streamTimeMs }),
    }
  })
}
