import { Watermark } from './watermark.js'

export interface KeyedRunnerOptions {
  /** At most so many items are admitted and not finished. */
  readonly maxInFlight: number
  /** At most so many bytes; an item larger than that runs alone. */
  readonly maxInFlightBytes: number
  /** After each item that finished or failed. */
  readonly onSettled?: () => void
}

export interface KeyedItem {
  readonly key: string
  readonly offset: bigint
  readonly bytes: number
  /** Resolves when the item is finished. `admitNext` lets the key's next item start before that. */
  handle(admitNext: () => void): Promise<void>
}

/**
 * Runs items in order within a key, concurrently between keys, and knows up to which offset all is finished.
 * An item that throws closes its key for good and fails the runner: the process is expected to end and read again.
 */
export class KeyedRunner {
  readonly watermark = new Watermark()
  readonly #options: KeyedRunnerOptions
  readonly #turns = new Map<string, Promise<void>>()
  readonly #closedKeys = new Set<string>()
  readonly #waiting = new Set<() => void>()
  #failure: { readonly error: unknown } | null = null
  #closed = false
  #fenced = false
  #inFlight = 0
  #inFlightBytes = 0

  constructor(options: KeyedRunnerOptions) {
    this.#options = options
  }

  get inFlight(): number {
    return this.#inFlight
  }

  get inFlightBytes(): number {
    return this.#inFlightBytes
  }

  get failure(): { readonly error: unknown } | null {
    return this.#failure
  }

  /**
   * Resolves once the item is admitted, not once it is done: await it, and intake is bounded. One caller at a time.
   * Gives false when the runner was closed instead. Throws the first failure.
   */
  async admit(item: KeyedItem): Promise<boolean> {
    while (!this.#hasRoom(item.bytes) && this.#failure === null && !this.#closed) await this.#nextSettled()
    if (this.#failure !== null) throw this.#failure.error
    if (this.#closed) return false
    const finish = this.watermark.begin(item.offset)
    const turn = this.#turns.get(item.key)
    let admitNext = (): void => undefined
    const next = new Promise<void>((resolve) => (admitNext = resolve))
    this.#turns.set(item.key, next)
    this.#inFlight += 1
    this.#inFlightBytes += item.bytes
    void this.#run(item, turn, { finish, admitNext, next })
    return true
  }

  /** Takes nothing new and waits for everything admitted; throws the first failure. */
  async drain(): Promise<void> {
    this.close()
    while (this.#inFlight > 0) await this.#nextSettled()
    if (this.#failure !== null) throw this.#failure.error
  }

  /** Takes nothing new; what was admitted goes on. */
  close(): void {
    this.#closed = true
    this.#wake()
  }

  /** Takes nothing new and starts nothing that has not started. */
  fence(): void {
    this.#fenced = true
    this.close()
  }

  async #run(
    item: KeyedItem,
    turn: Promise<void> | undefined,
    slot: { finish: () => void; admitNext: () => void; next: Promise<void> },
  ): Promise<void> {
    try {
      await turn
      if (this.#fenced || this.#closedKeys.has(item.key)) return
      await item.handle(slot.admitNext)
      slot.finish()
    } catch (error) {
      this.#closedKeys.add(item.key)
      this.#failure ??= { error }
    } finally {
      slot.admitNext()
      if (this.#turns.get(item.key) === slot.next) this.#turns.delete(item.key)
      this.#inFlight -= 1
      this.#inFlightBytes -= item.bytes
      this.#options.onSettled?.()
      this.#wake()
    }
  }

  #hasRoom(bytes: number): boolean {
    if (this.#inFlight === 0) return true
    return this.#inFlight < this.#options.maxInFlight && this.#inFlightBytes + bytes <= this.#options.maxInFlightBytes
  }

  #nextSettled(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve))
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}
