/** When the text in the pictures of a stream is read: it costs as much as all else together. */
export interface TextTimes {
  /** True when it is time; the answer counts as a reading. Stream time in milliseconds. */
  isDue(streamId: string, streamTimeMs: number): boolean
  /** To be told how a reading ended. */
  wasRead(streamId: string, foundNothing: boolean): void
  /** False from a reading that found something, or failed, up to one that found nothing. */
  isQuiet(streamId: string): boolean
  forget(streamId: string): void
}

interface LastReading {
  readonly atMs: number
  readonly isQuiet: boolean
}

const mostStreams = 5_000

/** `everyMs` undefined: never. */
export function createTextTimes(everyMs: number | undefined): TextTimes {
  const last = new Map<string, LastReading>()
  return {
    isDue: (streamId, streamTimeMs) => {
      if (everyMs === undefined) return false
      const before = last.get(streamId)
      // A clock that went back begins anew.
      if (before !== undefined && streamTimeMs >= before.atMs && streamTimeMs - before.atMs < everyMs) return false
      last.delete(streamId)
      last.set(streamId, { atMs: streamTimeMs, isQuiet: before?.isQuiet ?? true })
      const [oldest] = last.keys()
      if (last.size > mostStreams && oldest !== undefined) last.delete(oldest)
      return true
    },
    wasRead: (streamId, isQuiet) => {
      const known = last.get(streamId)
      if (known !== undefined) last.set(streamId, { ...known, isQuiet })
    },
    isQuiet: (streamId) => last.get(streamId)?.isQuiet ?? true,
    forget: (streamId) => void last.delete(streamId),
  }
}
