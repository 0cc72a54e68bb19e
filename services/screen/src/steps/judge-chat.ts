import { createHash } from 'node:crypto'
import type { ChatJudged, EventData, SignalRaised, TextMatch, Verdict } from '@streamkeeper/contracts'
import type { Policy } from '@streamkeeper/policy'
import { judgeMatches, labelOf } from '@streamkeeper/text'
import { judgeNewAccount, type BehaviourFound } from '../behaviour.js'
import { entryName } from '../floods.js'
import type { LexiconSet } from '../lexicons.js'
import { signalIdOf } from '../signal-id.js'

type Chat = EventData<'moderation.chat.accepted'>

/** What the chat lane concludes of one message. */
export interface JudgedChat {
  readonly judged: ChatJudged
  readonly signals: readonly SignalRaised[]
}

export interface FindOptions {
  readonly policy: Policy
  readonly lexicons: LexiconSet
  /** What the account wrote just before. */
  readonly before: readonly string[]
  readonly behaviour: BehaviourFound
}

/** Every hit on a message, read with what its account wrote just before and how people behave. */
export function findMatches(chat: Chat, { policy, lexicons, before, behaviour }: FindOptions): readonly TextMatch[] {
  const { matcher, expressions } = lexicons
  const said = [...matcher.scanAfter(before, chat.text), ...matcher.scan(chat.text, expressions.find(chat.text))]
  return [...said, ...behaviour.matches, ...judgeNewAccount(policy.chat.behaviour, chat, said)]
}

export interface JudgeOptions {
  readonly policy: Policy
  readonly lexicons: LexiconSet
  readonly matches: readonly TextMatch[]
  /** Names of entries that hit too much. */
  readonly heldBack: ReadonlySet<string>
  /** Why not everything about the message is known, or null: the verdict is then no weaker than the fallback of the policy. */
  readonly missing: string | null
  readonly now: Date
}

/**
 * A verdict for the message by policy, and a signal for each label that was hit at least at the hold line. Entries that are
 * held back hold and no more, and few of their hits are signals.
 */
export function judgeChat(chat: Chat, { policy, lexicons, matches, heldBack, missing, now }: JudgeOptions): JudgedChat {
  const isHeldBack = (match: TextMatch): boolean => heldBack.has(entryName(match))
  const found = worstOf(matches, isHeldBack, policy)
  const told = matches.filter((match) => !isHeldBack(match) || isSample(chat, policy))
  const signals = signalsOf(chat, told, { policy, lexicons })
  const { fallback } = policy.chat
  if (missing === null || weightOf(found) >= weightOf(fallback))
    return { judged: verdictOf(chat, { policy, now, verdict: found, matches }), signals }
  return { judged: { ...verdictOf(chat, { policy, now, verdict: fallback, matches }), fallback: missing }, signals }
}

function weightOf(verdict: Verdict): number {
  return ['allow', 'hold', 'block'].indexOf(verdict)
}

/** What an entry that is held back would block is held. */
function worstOf(matches: readonly TextMatch[], isHeldBack: (match: TextMatch) => boolean, { chat }: Policy): Verdict {
  const capped = matches.map((match) => ({
    severity: isHeldBack(match) ? Math.min(match.severity, chat.blockFrom - 1) : match.severity,
  }))
  return judgeMatches(capped, chat)
}

/** By the message's own name, so that a replay takes the same ones. */
function isSample({ streamId, messageId }: Chat, { chat }: Policy): boolean {
  const digest = createHash('sha256').update(`${streamId}\0${messageId}`).digest()
  return digest.readUInt32BE(0) % chat.flood.sampleOf === 0
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
  return [...new Set(heavy.map(({ category }) => labelOf(category)))].map((label) => {
    const found = heavy.filter(({ category }) => labelOf(category) === label)
    const severity = found.reduce((worst, match) => Math.max(worst, match.severity), 0)
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
