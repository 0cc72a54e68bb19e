import type { RecordBatch } from '@streamkeeper/pipeline'
import type { Stay } from './stay.js'

export interface HandOverOptions {
  readonly onBatch: (batch: RecordBatch) => Promise<void>
  readonly onFailure: (error: unknown) => void
  /** A handler that gives no sign of progress for so long has failed; milliseconds. */
  readonly maxSilenceMs: number
}

export interface Parcel {
  readonly stay: Stay
  readonly records: RecordBatch['records']
  readonly bytes: number
  /** Sends a heartbeat to the group when one is due. */
  readonly heartbeat: () => Promise<void>
}

interface Running {
  readonly parcel: Parcel
  silentMs: number
}

const tickMs = 1000

/**
 * Hands batches to the handler, one a partition at a time, and watches that each handler shows progress: kafkajs would
 * wait for the slowest partition before it fetches again, so we let it go on, and so must do its heart's watching too.
 */
export class HandOver {
  readonly #options: HandOverOptions
  readonly #lanes = new Map<string, Promise<void>>()
  readonly #running = new Set<Running>()
  readonly #timer: NodeJS.Timeout
  #heldBytes = 0
  #wake: (() => void)[] = []

  constructor(options: HandOverOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#watch(), tickMs)
    this.#timer.unref()
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  /** Resolves when the handler has admitted the batch or has failed; never rejects. */
  give(parcel: Parcel): Promise<void> {
    const id = `${parcel.stay.topic}:${parcel.stay.partition}`
    this.#heldBytes += parcel.bytes
    const lane = (this.#lanes.get(id) ?? Promise.resolve()).then(() => this.#run(parcel))
    this.#lanes.set(id, lane)
    return lane.then(() => {
      if (this.#lanes.get(id) === lane) this.#lanes.delete(id)
      this.#heldBytes -= parcel.bytes
      this.release()
    })
  }

  /** Resolves at the next change of what is held, or at `release`. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve))
  }

  release(): void {
    for (const wake of this.#wake.splice(0)) wake()
  }

  close(): void {
    clearInterval(this.#timer)
    this.release()
  }

  async #run(parcel: Parcel): Promise<void> {
    const { stay, records } = parcel
    if (!stay.isCurrent()) return
    const running: Running = { parcel, silentMs: 0 }
    this.#running.add(running)
    const heartbeat = async (): Promise<void> => {
      stay.checkCurrent()
      running.silentMs = 0
      await parcel.heartbeat()
      stay.checkCurrent()
    }
    try {
      await this.#options.onBatch({ assignment: stay, records, heartbeat })
    } catch (error) {
      this.#options.onFailure(error)
    } finally {
      this.#running.delete(running)
    }
  }

  /** Counts ticks, not hours: a process that was suspended has not been silent. */
  #watch(): void {
    for (const running of this.#running) {
      running.silentMs += tickMs
      if (running.silentMs <= this.#options.maxSilenceMs) continue
      this.#running.delete(running)
      const { topic, partition } = running.parcel.stay
      this.#options.onFailure(new Error(`${topic}:${partition}: the handler shows no progress`))
    }
  }
}
