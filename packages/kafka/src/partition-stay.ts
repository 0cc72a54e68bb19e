import { FencedError, type Assignment } from '@streamkeeper/pipeline'
import type { Consumer } from 'kafkajs'
import { toOurError } from './kafka-errors.js'

/** What the group has stored of a partition; `next` is -1 when it never committed. */
export interface Committed {
  readonly next: bigint
  readonly note: string | null
}

export interface StayParts extends Committed {
  readonly topic: string
  readonly partition: number
  readonly generation: number
  readonly consumer: Pick<Consumer, 'commitOffsets'>
}

/** One stay of a partition with this consumer; ends with a rebalance and never begins again. */
export class PartitionStay implements Assignment {
  readonly topic: string
  readonly partition: number
  readonly generation: number
  readonly note: string | null
  readonly #consumer: Pick<Consumer, 'commitOffsets'>
  #next: bigint
  #lastNote: string | null
  #isCurrent = true

  constructor({ topic, partition, generation, consumer, next, note }: StayParts) {
    this.topic = topic
    this.partition = partition
    this.generation = generation
    this.note = note
    this.#consumer = consumer
    this.#next = next
    this.#lastNote = note
  }

  isCurrent(): boolean {
    return this.#isCurrent
  }

  fence(): void {
    this.#isCurrent = false
  }

  /** kafkajs would commit for a partition that has moved away (its issue 1046): the fence is ours. */
  async commit(lastDone: bigint | null, note?: string | null): Promise<void> {
    if (!this.#isCurrent) throw new FencedError(`${this.topic}:${this.partition} moved on`)
    const next = lastDone === null ? this.#next : lastDone + 1n
    const metadata = note === undefined ? this.#lastNote : note
    try {
      await this.#consumer.commitOffsets([
        { topic: this.topic, partition: this.partition, offset: String(next), metadata },
      ])
    } catch (error) {
      throw toOurError(error, 'commit')
    }
    this.#next = next
    this.#lastNote = metadata
  }
}
