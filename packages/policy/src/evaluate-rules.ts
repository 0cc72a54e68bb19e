import type { HeldBack, Label, Lane, Rule } from '@streamkeeper/contracts'

/** The parts of a signal that rules look at. `atMs` is event time in ms since the epoch. */
export interface PolicySignal {
  readonly signalId: string
  readonly lane: Lane
  readonly label: Label
  readonly score: number
  readonly atMs: number
  readonly shadow: boolean
  readonly heldBack?: HeldBack | undefined
}

/** A rule that came true: the signal that completed it, and all hits of its window. */
export interface Firing {
  readonly rule: Rule
  /** What it is noted as: what samples make true is noted apart, and quiets nothing else. */
  readonly ruleId: string
  /** Samples of a source that is held back had a part in it: it is put before people, but no machine acts. */
  readonly ofSamples: boolean
  readonly signalId: string
  readonly atMs: number
  readonly hits: readonly string[]
}

/** True when the signal counts as a hit of the rule. Those of a shadow, and those that are held back for the record, never do. */
export function isHit(rule: Rule, signal: PolicySignal): boolean {
  if (signal.shadow || signal.heldBack === 'record') return false
  return signal.label === rule.label && rule.lanes.includes(signal.lane) && signal.score >= rule.minScore
}

/**
 * All firings of one stream's signals, on event time: the result depends on the set of signals, never on the order in which
 * they arrived. Windows are (at - windowMs, at]; equal times are ordered by signal id. What needs samples of a source that is
 * held back is a firing of its own: what fires without them fires as if there were none.
 */
export function evaluateRules(rules: readonly Rule[], signals: readonly PolicySignal[]): Firing[] {
  const ordered = signals.toSorted((a, b) => a.atMs - b.atMs || compare(a.signalId, b.signalId))
  const own = ordered.filter((signal) => !isSample(signal))
  const samples = own.length === ordered.length ? [] : ordered
  return rules
    .flatMap((rule) => [...evaluateRule(rule, own, false), ...evaluateRule(rule, samples, true)])
    .toSorted((a, b) => a.atMs - b.atMs || compare(a.ruleId, b.ruleId))
}

function isSample({ heldBack }: PolicySignal): boolean {
  return heldBack === 'sample'
}

/** `ofSamples`: only windows count that hold one. */
function evaluateRule(rule: Rule, ordered: readonly PolicySignal[], ofSamples: boolean): Firing[] {
  // No name of a rule has this character.
  const ruleId = ofSamples ? `${rule.id}#samples` : rule.id
  const firings: Firing[] = []
  let window: PolicySignal[] = []
  let quietUntil = -Infinity
  for (const signal of ordered) {
    if (!isHit(rule, signal)) continue
    window = [...window.filter((hit) => hit.atMs > signal.atMs - rule.windowMs), signal]
    if (window.length < rule.hits || signal.atMs < quietUntil) continue
    if (ofSamples && !window.some(isSample)) continue
    const hits = window.map((hit) => hit.signalId)
    firings.push({ rule, ruleId, ofSamples, signalId: signal.signalId, atMs: signal.atMs, hits })
    quietUntil = signal.atMs + rule.cooldownMs
  }
  return firings
}

/**
 * How far back signals must be read so that a signal at `atMs` is judged as if all had been there from the start:
 * the longest window and cool-down, twice the lateness that is allowed.
 */
export function lookBackMs(rules: readonly Rule[], allowedLatenessMs: number): number {
  const longest = Math.max(0, ...rules.map((rule) => rule.windowMs + rule.cooldownMs))
  return longest + 2 * allowedLatenessMs
}

/** A late signal can move a firing to an earlier hit: within the cool-down of a known firing of the rule it is the same one. */
export function isKnownFiring(
  firing: Firing,
  known: readonly { readonly ruleId: string; readonly atMs: number }[],
): boolean {
  return known.some(
    ({ ruleId, atMs }) => ruleId === firing.ruleId && Math.abs(atMs - firing.atMs) <= firing.rule.cooldownMs,
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
