/** A pause between rounds that somebody may end early. */
export interface Nap {
  /** Ends the pause; one that comes while nobody sleeps ends the next pause at once. */
  wake(): void
  /** Resolves after the time, when woken, or when the signal is aborted. */
  sleep(signal: AbortSignal): Promise<void>
}

export function createNap(ms: number): Nap {
  let isWoken = false
  let end: (() => void) | null = null
  return {
    wake: () => {
      isWoken = true
      end?.()
    },
    sleep: async (signal) => {
      if (!isWoken && !signal.aborted)
        await new Promise<void>((resolve) => {
          const finish = (): void => {
            clearTimeout(timer)
            signal.removeEventListener('abort', finish)
            end = null
            resolve()
          }
          const timer = setTimeout(finish, ms)
          end = finish
          signal.addEventListener('abort', finish)
        })
      isWoken = false
    },
  }
}
