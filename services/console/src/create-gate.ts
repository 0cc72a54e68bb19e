import { StreamkeeperError } from '@streamkeeper/contracts'

/**
 * Lets so many run at once and so many wait; more are refused with RATE_LIMITED. A password check takes 64 MB and a fifth
 * of a second: a thousand sign-ins at once must not take the page away from those who are signed in.
 */
export function createGate(limits: { readonly running: number; readonly waiting: number }) {
  const queue: (() => void)[] = []
  let running = 0
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= limits.running) {
      if (queue.length >= limits.waiting) throw new StreamkeeperError('RATE_LIMITED', 'too many sign-ins at once')
      await new Promise<void>((resolve) => queue.push(resolve))
    } else running += 1
    try {
      return await work()
    } finally {
      // Whoever waits takes this place over.
      const next = queue.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
