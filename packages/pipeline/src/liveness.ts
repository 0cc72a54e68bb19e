import type { Timing } from './timing.js'

/** Tells work that is slow from work that is stuck: by when it last got on, and by the waits that it declared. */
export class Liveness {
  readonly #timing: Pick<Timing, 'now'>
  readonly #stallMs: number
  #progressAt: number
  #quietUntil = 0

  constructor(stallMs: number, timing: Pick<Timing, 'now'>) {
    this.#stallMs = stallMs
    this.#timing = timing
    this.#progressAt = timing.now()
  }

  progress(waitMs = 0): void {
    this.#progressAt = this.#timing.now()
    if (waitMs > 0) this.#quietUntil = Math.max(this.#quietUntil, this.#progressAt + waitMs)
  }

  get isBackingOff(): boolean {
    return this.#timing.now() < this.#quietUntil
  }

  get isAlive(): boolean {
    return this.isBackingOff || this.#timing.now() - this.#progressAt < this.#stallMs
  }
}
