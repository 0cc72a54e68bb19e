import type { ChatJudged } from '@streamkeeper/contracts'
import { holdMessage, type NewHeldMessage } from '@streamkeeper/database'
import { drop, ok, type Outcome, type Step } from '@streamkeeper/pipeline'
import type { Deps } from '../deps.js'
import type { Decoded } from './decode.js'

type TimeoutRules = Pick<Deps['policy']['chat'], 'heldTimeoutMs' | 'heldTimeoutVerdict'>

/** A message that the chat lane held waits in a row of its own until a person decides or its time is up. */
export function createTakeVerdictStep({
  database,
  policy,
  now,
}: Pick<Deps, 'database' | 'policy' | 'now'>): Step<Decoded, void> {
  return {
    name: 'take-verdict',
    run: async ({ event, record }): Promise<Outcome<void>> => {
      if (event.type !== 'moderation.chat.judged') return drop('other-type')
      if (event.data.verdict !== 'hold' || event.data.final === true) return drop('not-held')
      await holdMessage(database, toRow(event.data, { brokerAt: record.brokerAt, now: now() }, policy.chat))
      return ok()
    },
  }
}

interface Times {
  readonly brokerAt: number
  readonly now: number
}

function toRow(judged: ChatJudged, { brokerAt, now }: Times, rules: TimeoutRules): NewHeldMessage {
  const {
    streamId,
    messageId,
    matches,
    policy,
    accountId = null,
    nickname = null,
    text = null,
    fallback = null,
  } = judged
  // Nobody ever judged such a message: time alone does not let it through.
  const timeoutVerdict = fallback === null ? rules.heldTimeoutVerdict : 'block'
  // Nor may one go that nobody could see because this service was away: people get the whole time.
  const from = timeoutVerdict === 'allow' ? Math.max(brokerAt, now) : brokerAt
  return {
    streamId,
    messageId,
    accountId,
    nickname,
    text,
    matches,
    policy,
    fallback,
    severity: matches.reduce((worst, match) => Math.max(worst, match.severity), 0),
    heldAt: new Date(brokerAt),
    dueAt: new Date(from + rules.heldTimeoutMs),
    timeoutVerdict,
  }
}
