import { FencedError, type Assignment } from '@streamkeeper/pipeline'
import type { GroupCommits } from './group-commits.js'

export interface StayParts {
  /** Carries the commits of this member. */
  readonly commits: Pick<GroupCommits, 'send'>
  readonly topic: string
  readonly partition: number
  readonly generation: number
  readonly note: string | null
  /** Next offset to read. */
  readonly position: bigint
}

/** One stay of a partition with this member. A commit counts only while the row of this very generation stands. */
export class Stay implements Assignment {
  readonly topic: string
  readonly partition: number
  readonly generation: number
  /** Next offset to read. */
  position: bigint
  /** The batch that the handler has now. */
  busy: Promise<void> | null = null
  readonly #parts: StayParts
  #note: string | null
  #hasEnded = false

  constructor(parts: StayParts) {
    this.#parts = parts
    this.topic = parts.topic
    this.partition = parts.partition
    this.generation = parts.generation
    this.position = parts.position
    this.#note = parts.note
  }

  get note(): string | null {
    return this.#note
  }

  isCurrent(): boolean {
    return !this.#hasEnded
  }

  end(): void {
    this.#hasEnded = true
  }

  checkCurrent(): void {
    if (this.#hasEnded)
      throw new FencedError(`${this.topic}:${this.partition}: assignment ${this.generation} has ended`)
  }

  async commit(lastDone: bigint | null, note: string | null = this.#note): Promise<void> {
    this.checkCurrent()
    const { commits, topic, partition, generation } = this.#parts
    const next = lastDone === null ? null : lastDone + 1n
    const isStored = await commits.send({ topic, partition, generation, next, note })
    if (!isStored) this.end()
    this.checkCurrent()
    this.#note = note
  }
}
