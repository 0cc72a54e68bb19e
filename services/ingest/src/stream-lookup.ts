import { findStreams, type Queries, type StreamRow } from '@streamkeeper/database'

/** Finds the streams that records belong to. */
export interface StreamLookup {
  /** The stream, or null while it was not started. Throws RetriableError while the database is away. */
  find(streamId: string): Promise<StreamRow | null>
  /** To be called when a stream was changed here: the next look is a fresh one. */
  forget(streamId: string): void
}

/** Topics give no order among each other: nobody can tell whether a line came so long before or after the end of its stream. */
const freshMs = 500
/** Rows of so many streams are remembered; then all are looked up anew. */
const mostKnown = 10_000

interface Known {
  readonly row: StreamRow
  readonly at: number
}

/** What was asked for in one turn of the loop. */
interface Batch {
  readonly streamIds: Set<string>
  readonly rows: Promise<ReadonlyMap<string, StreamRow>>
}

/**
 * Looks up together what is asked for together, and remembers a stream that is live for a moment: chat asks for the same few
 * streams hundreds of times a second.
 */
export function createStreamLookup(database: Queries, now: () => number): StreamLookup {
  return new Lookup(database, now)
}

class Lookup implements StreamLookup {
  readonly #known = new Map<string, Known>()
  #open: Batch | null = null
  #changes = 0

  constructor(
    private readonly database: Queries,
    private readonly now: () => number,
  ) {}

  async find(streamId: string): Promise<StreamRow | null> {
    const known = this.#known.get(streamId)
    if (known !== undefined && this.now() - known.at < freshMs) return known.row
    this.#open ??= this.#begin()
    this.#open.streamIds.add(streamId)
    return (await this.#open.rows).get(streamId) ?? null
  }

  forget(streamId: string): void {
    this.#changes += 1
    this.#known.delete(streamId)
  }

  #begin(): Batch {
    const streamIds = new Set<string>()
    const rows = new Promise((resolve) => setImmediate(resolve)).then(() => {
      this.#open = null
      return this.#load([...streamIds])
    })
    return { streamIds, rows }
  }

  async #load(streamIds: readonly string[]): Promise<ReadonlyMap<string, StreamRow>> {
    const changesBefore = this.#changes
    const rows = await findStreams(this.database, streamIds)
    if (this.#known.size > mostKnown) this.#known.clear()
    for (const row of rows) {
      // What was read while something changed may be what it was before.
      if (row.state === 'live' && this.#changes === changesBefore)
        this.#known.set(row.streamId, { row, at: this.now() })
    }
    return new Map(rows.map((row) => [row.streamId, row]))
  }
}
