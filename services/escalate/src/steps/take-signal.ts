import { createHash } from 'node:crypto'
import type { EventData, SignalRaised } from '@streamkeeper/contracts'
import {
  actByPolicy,
  changePolicyStream,
  findOpenCase,
  findPolicyStream,
  findStream,
  growCase,
  insertFiring,
  insertSignal,
  listFirings,
  outlineSignals,
  readSignals,
  type Queries,
} from '@streamkeeper/database'
import { drop, ok, type Outcome, type Step } from '@streamkeeper/pipeline'
import {
  evaluateRules,
  isHit,
  isKnownFiring,
  lookBackMs,
  priorityOf,
  textFor,
  tierOf,
  type Firing,
  type PolicySignal,
} from '@streamkeeper/policy'
import type { Deps } from '../deps.js'
import type { Decoded } from './decode.js'

/** Every input of policy, in policy order: notes it, evaluates, grows the case, acts where a machine may. */
export function createTakeSignalStep(deps: Deps): Step<Decoded, void> {
  return {
    name: 'take-signal',
    run: async ({ event }): Promise<Outcome<void>> => {
      if (event.type === 'moderation.signal.viewers') {
        await changePolicyStream(deps.database, { streamId: event.data.streamId, viewers: event.data.viewers })
        return ok()
      }
      if (event.type === 'moderation.signal.session') {
        await takeSession(deps, event.data)
        return ok()
      }
      if (event.type !== 'moderation.signal.raised') return drop('other-type')
      await takeHit(deps, event.data)
      return ok()
    },
  }
}

async function takeSession(
  { database }: Deps,
  { streamId, kind, accountId, title, class: streamClass }: EventData<'moderation.signal.session'>,
): Promise<void> {
  const known = streamClass as Parameters<typeof changePolicyStream>[1]['class']
  await changePolicyStream(database, {
    streamId,
    accountId,
    title,
    class: known,
    ...(kind === 'ended' ? { live: false } : {}),
  })
}

async function takeHit(deps: Deps, signal: SignalRaised): Promise<void> {
  const { database, policy } = deps
  await insertSignal(database, signal)
  // A rule that it is no hit of fires as it did before.
  const rules = policy.rules.filter((rule) => isHit(rule, toPolicySignal(signal)))
  if (rules.length === 0) return
  const at = new Date(signal.at).getTime()
  const reach = lookBackMs(rules, policy.allowedLatenessMs)
  const span = { streamId: signal.streamId, from: new Date(at - reach), to: new Date(at + reach) }
  const signals = await outlineSignals(database, { ...span, labels: [signal.label] })
  const known = await listFirings(database, span)
  const firings = evaluateRules(rules, signals).filter((firing) => !isKnownFiring(firing, known))
  for (const firing of firings) await fire(deps, firing, signal.streamId)
  if (firings.length === 0) await joinOpenCase(deps, signal)
}

/** A rule came true: its hits become, or join, the stream's open case; a machine acts where the rule lets it, and never on samples. */
async function fire(deps: Deps, firing: Firing, streamId: string): Promise<void> {
  const { rule, ruleId, ofSamples } = firing
  const hits = await readSignals(deps.database, firing.hits)
  await deps.database.transaction(async (tx) => {
    const grown = await growFor(deps, tx, { streamId, hits, severity: rule.severity, deadlineMs: rule.deadlineMs })
    if (grown === null) return
    await insertFiring(tx, { streamId, ruleId, at: new Date(firing.atMs), caseId: grown.case.caseId })
    if (rule.machine === undefined || ofSamples) return
    const language = (await findStream(tx, streamId))?.language
    // By the hit, not by its time: what is sent again to another log is the same hit at another time.
    const id = createHash('sha256').update(`${streamId}\0${rule.id}\0${firing.signalId}`).digest('hex').slice(0, 32)
    await actByPolicy(tx, grown.case, {
      decisionId: `dec-${id}`,
      machine: rule.machine,
      reason: { label: rule.label, policy: deps.policy.identity, textForStreamer: textFor(rule, language) },
      policy: deps.policy.identity,
      seenThrough: firing.signalId,
      now: new Date(deps.now()),
      expireAfterMs: deps.policy.commands.expireAfterMs,
      immediateTiers: deps.policy.commands.immediateTiers,
    })
  })
  deps.wakeRelay()
}

/** A hit that fires nothing belongs to the case that is open already. */
async function joinOpenCase(deps: Deps, signal: SignalRaised): Promise<void> {
  const { database, policy } = deps
  const rule = policy.rules.find((one) => isHit(one, toPolicySignal(signal)))
  if (rule === undefined || (await findOpenCase(database, signal.streamId)) === null) return
  await database.transaction(async (tx) => {
    // Decided in between: the hit waits in its window for the next firing.
    if ((await findOpenCase(tx, signal.streamId)) === null) return
    await growFor(deps, tx, {
      streamId: signal.streamId,
      hits: [signal],
      severity: rule.severity,
      deadlineMs: rule.deadlineMs,
    })
  })
  deps.wakeRelay()
}

interface Growth {
  readonly streamId: string
  readonly hits: readonly SignalRaised[]
  readonly severity: number
  readonly deadlineMs: number
}

async function growFor(
  deps: Deps,
  tx: Queries,
  { streamId, hits, severity, deadlineMs }: Growth,
): ReturnType<typeof growCase> {
  const stream = await findPolicyStream(tx, streamId)
  const { viewers, live } = stream
  const priority = priorityOf({ severity, viewers, live, ageMs: 0, deadlineMs })
  return growCase(tx, {
    stream,
    signals: hits,
    severity,
    tier: tierOf(severity),
    priority,
    deadlineMs,
    now: new Date(deps.now()),
  })
}

function toPolicySignal({ signalId, lane, label, score, at, shadow, heldBack }: SignalRaised): PolicySignal {
  return { signalId, lane, label, score, atMs: new Date(at).getTime(), shadow, heldBack }
}
