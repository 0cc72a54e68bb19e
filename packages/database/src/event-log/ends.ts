import type pg from 'pg'
import { nameOf } from './membership.js'

/** Where partitions end, as far as one was told or has asked. */
export class Ends {
  readonly #ends = new Map<string, bigint>()
  #askedAt = Number.NEGATIVE_INFINITY

  /** Told by the listener: an older word that comes late changes nothing. */
  grow(place: { readonly topic: string; readonly partition: number }, end: bigint): void {
    const name = nameOf(place)
    if (end > this.of(name)) this.#ends.set(name, end)
  }

  of(name: string): bigint {
    return this.#ends.get(name) ?? 0n
  }

  /** Asks the database unless it did so in the last `everyMs`: what the listener did not hear is found so. */
  async ask(pool: pg.Pool, topics: readonly string[], everyMs: number): Promise<void> {
    if (performance.now() - this.#askedAt < everyMs) return
    this.#askedAt = performance.now()
    const { rows } = await pool.query<{ topic: string; partition: number; next_offset: string }>(
      'select topic, partition, next_offset from event_log.heads where topic = any($1)',
      [topics],
    )
    for (const row of rows) this.grow(row, BigInt(row.next_offset))
  }
}
