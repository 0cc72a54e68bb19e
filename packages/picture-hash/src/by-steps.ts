/** Work that can be done at a stretch or with pauses: it yields wherever it may rest. */
export type Steps<T> = Generator<void, T>

/** Does all of it at a stretch. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}

/** Does it with a pause at each rest, so that other work goes on meanwhile. */
export async function finishAside<T>(steps: Steps<T>, pause: () => Promise<unknown>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
    await pause()
  }
}
