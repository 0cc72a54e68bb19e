import { FencedError, type Assignment } from '@streamkeeper/pipeline'
import type pg from 'pg'
import { attempt } from '../attempt.js'

export interface StayParts {
  readonly pool: pg.Pool
  readonly group: string
  readonly memberId: string
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
    const { pool, group, memberId, topic, partition, generation } = this.#parts
    const next = lastDone === null ? null : String(lastDone + 1n)
    // The row lock makes whoever takes the partition over wait for this commit, and this commit see that it was taken.
    const { rowCount } = await attempt(() =>
      pool.query(
        `with mine as (
           select 1 from event_log.assignments
           where group_name = $1 and topic = $2 and partition = $3 and member_id = $4 and generation = $5 for share)
         insert into event_log.commits as c (group_name, topic, partition, next_offset, note)
         select $1, $2, $3, $6::bigint, $7 from mine
         on conflict (group_name, topic, partition)
         do update set next_offset = coalesce(excluded.next_offset, c.next_offset), note = excluded.note`,
        [group, topic, partition, memberId, generation, next, note],
      ),
    )
    if (rowCount === 0) this.end()
    this.checkCurrent()
    this.#note = note
  }
}
