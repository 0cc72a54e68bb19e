export interface UntilOptions {
  /** What is waited for, in words: the head of the failure. */
  readonly what: string
  /** Milliseconds; default 5,000. */
  readonly withinMs?: number
  readonly everyMs?: number
}

/** Waits until the condition gives something truthy and returns it. The failure says what was seen last. */
export async function until<T>(
  condition: () => T | Promise<T>,
  { what, withinMs = 5000, everyMs = 10 }: UntilOptions,
): Promise<Exclude<T, false | null | undefined | 0 | ''>> {
  const deadline = performance.now() + withinMs
  let last = 'nothing'
  for (;;) {
    try {
      const seen = await condition()
      if (seen) return seen as Exclude<T, false | null | undefined | 0 | ''>
      last = String(seen)
    } catch (error) {
      last = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    }
    if (performance.now() >= deadline) throw new Error(`${what}: not within ${withinMs} ms; last seen: ${last}`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}
