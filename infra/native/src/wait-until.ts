/** Tries until the check does not throw. Throws its last error when the time is up, or at once when it is final. */
export async function waitUntil(check: () => Promise<void>, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (error instanceof FinalError || performance.now() >= deadline) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** There is no use in waiting on. */
export class FinalError extends Error {
  override readonly name = 'FinalError'
}
