/** When the text in the pictures of a stream is read: it costs as much as all else together. */
export interface TextTimes {
  /** True when it is time; the answer counts as a reading. Stream time in milliseconds. */
  isDue(streamId: string, streamTimeMs: number): boolean
  forget(streamId: string): void
}

const mostStreams = 5_000

/** `everyMs` undefined: never. */
export function createTextTimes(everyMs: number | undefined): TextTimes {
  const last = new Map<string, number>()
  return {
    isDue: (streamId, streamTimeMs) => {
      if (everyMs === undefined) return false
      const before = last.get(streamId)
      // A clock that went back begins anew.
      if (before !== undefined && streamTimeMs >= before && streamTimeMs - before < everyMs) return false
      last.delete(streamId)
      last.set(streamId, streamTimeMs)
      const [oldest] = last.keys()
      if (last.size > mostStreams && oldest !== undefined) last.delete(oldest)
      return true
    },
    forget: (streamId) => void last.delete(streamId),
  }
}
