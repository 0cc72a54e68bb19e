import type { NotLookedReason, SignalRaised, Versioned } from '@streamkeeper/contracts'
import type { ReadText, SeenOrSaved } from './see-picture.js'

/** What was found out about a stretch of stream. */
export interface Finding {
  readonly state: 'looked' | 'not-looked'
  readonly reason: NotLookedReason | null
  readonly detail: string | null
  readonly models: readonly Versioned[]
  readonly pictures: number
  readonly signals: readonly SignalRaised[]
}

/** A stretch that nothing looked at, and why. */
export function notLooked(
  reason: NotLookedReason,
  detail: string | null,
  signals: readonly SignalRaised[] = [],
): Finding {
  const told = detail === null ? null : detail.slice(0, 500)
  return { state: 'not-looked', reason, detail: told, models: [], pictures: 0, signals }
}

/** Of the pictures of a segment: the last that was seen decides, since looking ends where a model could not. */
export function summarise(seen: readonly SeenOrSaved[], read: readonly ReadText[]): Finding {
  const looked = seen.filter((one) => 'look' in one)
  const last = looked.at(-1)
  if (last === undefined) return ofSaved(seen.at(-1))
  const signals = [...looked, ...read].flatMap((one) => one.signals)
  const { unseen, models } = last.look
  if (unseen !== null) return notLooked(unseen.reason, unseen.detail, signals)
  return {
    state: 'looked',
    reason: null,
    detail: looked.some(({ isBlack }) => isBlack) ? 'black picture' : null,
    models: [...models, ...(read.at(-1)?.models ?? [])],
    pictures: looked.length,
    signals,
  }
}

/** None was due, which is as good as looked at, or the gate saved all that were. */
function ofSaved(last: SeenOrSaved | undefined): Finding {
  if (last !== undefined && 'unchangedSinceMs' in last)
    return notLooked('gate', `unchanged since ${Math.round(last.unchangedSinceMs)} ms`)
  return { state: 'looked', reason: null, detail: null, models: [], pictures: 0, signals: [] }
}
