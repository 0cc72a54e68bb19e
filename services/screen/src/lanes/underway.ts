import { isRetriable, RetriableError } from '@streamkeeper/pipeline'

/** Segments of streams whose stretch is not written yet. */
export interface Underway {
  /** Does the work of a segment. One that failed and will be tried again stays underway, until `signal` says that it will not. */
  run(segment: SegmentName, signal: AbortSignal, work: () => Promise<void>): Promise<void>
  /** Resolves when nothing of the stream is underway. Throws RetriableError when a segment failed and will come again. */
  settled(streamId: string): Promise<void>
}

interface SegmentName {
  readonly streamId: string
  readonly sequence: number
}

interface Segments {
  readonly running: Set<Promise<void>>
  readonly failed: Map<number, AbortSignal>
}

/** The lane lets a stream's next record start before a segment is done: what concludes a stream has to wait for them. */
export function createUnderway(): Underway {
  const streams = new Map<string, Segments>()
  return {
    run: async ({ streamId, sequence }, signal, work) => {
      const segments = streams.get(streamId) ?? { running: new Set(), failed: new Map() }
      streams.set(streamId, segments)
      const running = note(segments.failed, { sequence, signal }, work)
      segments.running.add(running)
      try {
        await running
      } finally {
        segments.running.delete(running)
        if (segments.running.size + segments.failed.size === 0) streams.delete(streamId)
      }
    },
    settled: async (streamId) => {
      const segments = streams.get(streamId)
      if (segments === undefined) return
      await Promise.allSettled(segments.running)
      // Who was told to stop does not come again here.
      if ([...segments.failed.values()].some(({ aborted }) => !aborted))
        throw new RetriableError('a segment of the stream is still to come')
    },
  }
}

async function note(
  failed: Segments['failed'],
  { sequence, signal }: { readonly sequence: number; readonly signal: AbortSignal },
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
    failed.delete(sequence)
  } catch (error) {
    if (isRetriable(error)) failed.set(sequence, signal)
    throw error
  }
}
