import type { Label, Lane, Rule } from '@streamkeeper/contracts'

/** The parts of a signal that rules look at. `atMs` is event time in ms since the epoch. */
export interface PolicySignal {
  readonly signalId: string
  readonly lane: Lane
  readonly label: Label
  readonly score: number
  readonly atMs: number
  readonly shadow: boolean
}

/** A rule that came true: the signal that completed it, and all hits of its window. */
export interface Firing {
  readonly rule: Rule
  readonly signalId: string
  readonly atMs: number
  readonly hits: readonly string[]
}

/** True when the signal counts as a hit of the rule. Shadow signals never do. */
export function isHit(rule: Rule, signal: PolicySignal): boolean {
  return (
    !signal.shadow && signal.label === rule.label && rule.lanes.includes(signal.lane) && signal.score >= rule.minScore
  )
}

/**
 * All firings of one stream's signals, on event time: the result depends on the set of signals, never on the order in which
 * they arrived. Windows are (at - windowMs, at]; equal times are ordered by signal id.
 */
export function evaluateRules(rules: readonly Rule[], signals: readonly PolicySignal[]): Firing[] {
  const ordered = signals.toSorted((a, b) => a.atMs - b.atMs || compare(a.signalId, b.signalId))
  return rules
    .flatMap((rule) => evaluateRule(rule, ordered))
    .toSorted((a, b) => a.atMs - b.atMs || compare(a.rule.id, b.rule.id))
}

function evaluateRule(rule: Rule, ordered: readonly PolicySignal[]): Firing[] {
  const firings: Firing[] = []
  let window: PolicySignal[] = []
  let quietUntil = -Infinity
  for (const signal of ordered) {
    if (!isHit(rule, signal)) continue
    window = [...window.filter((hit) => hit.atMs > signal.atMs - rule.windowMs), signal]
    if (window.length < rule.hits || signal.atMs < quietUntil) continue
    firings.push({ rule, signalId: signal.signalId, atMs: signal.atMs, hits: window.map((hit) => hit.signalId) })
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
    ({ ruleId, atMs }) => ruleId === firing.rule.id && Math.abs(atMs - firing.atMs) <= firing.rule.cooldownMs,
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
