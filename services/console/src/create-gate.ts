import { StreamkeeperError } from '@streamkeeper/contracts'
import { createTurns } from '@streamkeeper/runtime'

/**
 * Lets so many run at once and so many wait; more are refused with RATE_LIMITED. A password check takes 64 MB and a fifth
 * of a second: a thousand sign-ins at once must not take the page away from those who are signed in.
 */
export function createGate(limits: { readonly running: number; readonly waiting: number }) {
  const turns = createTurns(limits.running)
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (turns.isFull && turns.waiting >= limits.waiting)
      throw new StreamkeeperError('RATE_LIMITED', 'too many sign-ins at once')
    return turns.run(work)
  }
}
