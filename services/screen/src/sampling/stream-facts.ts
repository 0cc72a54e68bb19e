import type { SamplingFacts } from '@streamkeeper/database'

/** What the database says of the streams whose pictures come in. */
export interface StreamFacts {
  /** What was read last; undefined until then. Asking makes the stream one of those that are read. */
  get(streamId: string): SamplingFacts | undefined
  /** Reads all that were asked for. A failure leaves what is known and rejects. */
  refresh(): Promise<void>
  forget(streamId: string): void
}

interface Known {
  askedAt: number
  facts: SamplingFacts | undefined
}

/** A stream that nobody asked for in this time is no longer read. */
const askedWithinMs = 120_000
/** In one statement. */
const mostAtOnce = 500

/** `read` gives the facts of those of the streams that there are. */
export function createStreamFacts(
  read: (streamIds: readonly string[]) => Promise<readonly SamplingFacts[]>,
  now: () => number,
): StreamFacts {
  const known = new Map<string, Known>()
  return {
    get: (streamId) => {
      const one = known.get(streamId) ?? { askedAt: 0, facts: undefined }
      one.askedAt = now()
      known.set(streamId, one)
      return one.facts
    },
    refresh: async () => {
      for (const [streamId, { askedAt }] of known) if (now() - askedAt > askedWithinMs) known.delete(streamId)
      const streamIds = [...known.keys()]
      for (let at = 0; at < streamIds.length; at += mostAtOnce)
        for (const facts of await read(streamIds.slice(at, at + mostAtOnce))) {
          const one = known.get(facts.streamId)
          if (one !== undefined) one.facts = facts
        }
    },
    forget: (streamId) => void known.delete(streamId),
  }
}
