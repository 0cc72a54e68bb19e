/**
 * Gives one run of `work` to all who ask before it begins. Who asks while it runs gets the next run, which begins after this one:
 * so everybody sees what was so when he asked, and twenty who ask at once cost two runs.
 */
export function shareRuns<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve()
  let next: Promise<T> | null = null
  return () => {
    next ??= running.then(() => {
      next = null
      const run = work()
      // Only the order is kept here: who asked is told how it failed.
      running = run.catch(() => undefined)
      return run
    })
    return next
  }
}
