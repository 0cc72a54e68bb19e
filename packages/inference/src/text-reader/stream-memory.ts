import type { Box } from './box.js'
import type { Cells } from './cells.js'

/** A region that was read. Text below the least score is kept too, so that the same noise is not read again and again. */
export interface KnownLine {
  box: Box
  text: string
  score: number
  fingerprint: Int16Array
  readAtMs: number
}

/** What was seen when lines were last looked for in a stream. Never changed, only replaced: readings may overlap. */
export interface StreamMemory {
  width: number
  height: number
  cells: Cells
  lines: readonly KnownLine[]
  /** Stream time of the last look at the whole picture. */
  lookedAtMs: number
}

/** The memories of the streams that were looked at most recently, at most `limit`. */
export class StreamMemories {
  readonly #memories = new Map<string, StreamMemory>()

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.#memories.size
  }

  get(streamKey: string): StreamMemory | undefined {
    return this.#memories.get(streamKey)
  }

  /** Keeps a memory as the youngest and forgets the oldest above the limit. */
  set(streamKey: string, memory: StreamMemory): void {
    this.#memories.delete(streamKey)
    this.#memories.set(streamKey, memory)
    const [oldest] = this.#memories.keys()
    if (this.#memories.size > this.limit && oldest !== undefined) this.#memories.delete(oldest)
  }

  forget(streamKey: string): void {
    this.#memories.delete(streamKey)
  }
}
