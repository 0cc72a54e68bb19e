import { FencedError, type Assignment } from '@streamkeeper/pipeline'
import type { GroupCommits } from './group-commits.js'
import { isRebalance, toPortError } from './to-port-error.js'

export interface StayParts {
  readonly topic: string
  readonly partition: number
  readonly generation: number
  /** Carries the commits of this membership. */
  readonly commits: Pick<GroupCommits, 'send'>
  /** Next offset that the group had committed when the stay began; null when it never did. */
  readonly committed: bigint | null
  readonly note: string | null
}

/** One stay of a partition with this member. Commits carry the generation of the stay, so that the broker fences too. */
export class Stay implements Assignment {
  readonly topic: string
  readonly partition: number
  readonly generation: number
  readonly #parts: StayParts
  #position: bigint | null
  #note: string | null
  #hasEnded = false

  constructor(parts: StayParts) {
    this.topic = parts.topic
    this.partition = parts.partition
    this.generation = parts.generation
    this.#parts = parts
    this.#position = parts.committed
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

  /** Tells where reading began, which is the position of a group that never committed. */
  beginAt(offset: bigint): void {
    this.#position ??= offset
  }

  async commit(lastDone: bigint | null, note: string | null = this.#note): Promise<void> {
    this.checkCurrent()
    const position = lastDone === null ? (this.#position ?? 0n) : lastDone + 1n
    try {
      await this.#parts.commits.send({ topic: this.topic, partition: this.partition, position, note })
    } catch (error) {
      if (!this.#hasEnded && isRebalance(error)) this.end()
      if (this.#hasEnded) this.checkCurrent()
      throw toPortError(error, `${this.topic}:${this.partition}: commit`)
    }
    this.#position = position
    this.#note = note
  }

  checkCurrent(): void {
    if (this.#hasEnded)
      throw new FencedError(`${this.topic}:${this.partition}: assignment ${this.generation} has ended`)
  }
}
