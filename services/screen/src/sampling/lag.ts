/** How far the looks are behind the broker's time, over all streams. */
export interface Lag {
  /** In milliseconds. */
  readonly ms: number
  /** A segment of a stream begins its way here, `behindMs` after the broker took it. */
  note(streamId: string, behindMs: number): void
}

/**
 * Of the latest segment in the mean when there is one stream: one segment that hangs does not make an overload, ten in a row do. With
 * more streams the mean goes over as much time: of a few segments it would be now that of one tier, now that of another.
 */
const weight = 0.2
/** No segment is longer: a stream that was not heard of for so long has ended, or is another process's. */
const heardWithinMs = 60_000

export function createLag(now: () => number): Lag {
  /** When each stream was heard of, the latest last. */
  const heard = new Map<string, number>()
  let ms = 0
  return {
    get ms() {
      return ms
    },
    note: (streamId, behindMs) => {
      heard.delete(streamId)
      heard.set(streamId, now())
      for (const [other, at] of heard) {
        if (now() - at <= heardWithinMs) break
        heard.delete(other)
      }
      ms += (behindMs - ms) * (weight / heard.size)
    },
  }
}
