import type { Timing } from './timing.js'

export interface BackOff {
  /** Upper bound of the first wait in milliseconds. */
  readonly firstMs: number
  /** No wait is longer. */
  readonly capMs: number
}

export const defaultBackOff: BackOff = { firstMs: 100, capMs: 15_000 }

/**
 * Milliseconds to wait after the `attempt`-th failure (from 1): doubles up to the cap, of which the upper half is
 * chance, so that many waiters do not return in one beat and none returns at once.
 */
export function backOffMs(attempt: number, backOff: BackOff, timing: Pick<Timing, 'random'>): number {
  const bound = Math.min(backOff.capMs, backOff.firstMs * 2 ** Math.min(attempt - 1, 30))
  return bound / 2 + (bound / 2) * timing.random()
}
