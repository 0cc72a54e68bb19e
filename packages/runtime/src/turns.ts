/** Lets so much work run at once; the rest waits in the order in which it came. */
export interface Turns {
  /** What comes now would have to wait. */
  readonly isFull: boolean
  /** How much waits. */
  readonly waiting: number
  /** Does the work when it is its turn, and gives or throws what it gives or throws. */
  run<Result>(work: () => Promise<Result>): Promise<Result>
}

export function createTurns(most: number): Turns {
  const waiting: (() => void)[] = []
  let running = 0
  return {
    get isFull() {
      return running >= most
    },
    get waiting() {
      return waiting.length
    },
    run: async (work) => {
      if (running < most) running += 1
      // Who leaves hands its place on.
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await work()
      } finally {
        const next = waiting.shift()
        if (next === undefined) running -= 1
        else next()
      }
    },
  }
}
