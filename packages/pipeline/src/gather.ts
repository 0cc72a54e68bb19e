interface Waiting<In, Out> {
  readonly item: In
  readonly resolve: (out: Out) => void
  readonly reject: (error: unknown) => void
}

/**
 * One request at a time: what is asked for together, or while a request is on its way, travels together. `send` answers for
 * each item, in their order; what it fails with is what all of them fail with.
 */
export class Gatherer<In, Out> {
  readonly #send: (items: readonly In[]) => Promise<readonly Out[]>
  #waiting: Waiting<In, Out>[] = []
  #isRunning = false

  constructor(send: (items: readonly In[]) => Promise<readonly Out[]>) {
    this.#send = send
  }

  add(item: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      if (!this.#isRunning) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    // One turn of the loop, so that what is asked for together travels together.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      const calls = this.#waiting
      this.#waiting = []
      await this.#settle(calls)
    }
    // In the same turn as the last look at what waits: a call in between would find nobody.
    this.#isRunning = false
  }

  async #settle(calls: readonly Waiting<In, Out>[]): Promise<void> {
    try {
      const answers = await this.#send(calls.map(({ item }) => item))
      if (answers.length !== calls.length) throw new Error(`${answers.length} answers to ${calls.length} calls`)
      for (const [index, { resolve }] of calls.entries()) resolve(answers[index] as Out)
    } catch (error) {
      for (const { reject } of calls) reject(error)
    }
  }
}
