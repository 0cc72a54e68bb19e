import { isRetriable, RetriableError } from '@streamkeeper/pipeline'

/** Segments of streams whose stretch is not written yet. */
export interface Underway {
  /** Does the work of a segment. One that failed and will be tried again stays underway, until `signal` says that it will not. */
  run(segment: SegmentName, signal: AbortSignal, work: () => Promise<void>): Promise<void>
  /** Resolves when one more segment of the stream may begin. */
  room(streamId: string): Promise<void>
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
  /** To be told when one is done. */
  readonly waiting: Set<() => void>
}

/**
 * The lane lets a stream's next record start before a segment is done, up to `most` at once, since each holds its bytes or its
 * pictures: what concludes a stream has to wait for them.
 */
export function createUnderway(most: number): Underway {
  const streams = new Map<string, Segments>()
  return {
    run: async ({ streamId, sequence }, signal, work) => {
      const segments = streams.get(streamId) ?? { running: new Set(), failed: new Map(), waiting: new Set() }
      streams.set(streamId, segments)
      const running = note(segments.failed, { sequence, signal }, work)
      segments.running.add(running)
      try {
        await running
      } finally {
        segments.running.delete(running)
        if (segments.running.size + segments.failed.size === 0) streams.delete(streamId)
        for (const wake of segments.waiting) wake()
        segments.waiting.clear()
      }
    },
    room: async (streamId) => {
      for (let all = streams.get(streamId); all !== undefined && countOf(all) >= most; all = streams.get(streamId)) {
        const { waiting } = all
        await new Promise<void>((resolve) => waiting.add(resolve))
      }
    },
    settled: async (streamId) => {
      const segments = streams.get(streamId)
      if (segments === undefined) return
      await Promise.allSettled(segments.running)
      if (comingOf(segments).length > 0) throw new RetriableError('a segment of the stream is still to come')
    },
  }
}

/** What failed comes again beside the others, so that it keeps its place. */
function countOf(segments: Segments): number {
  return segments.running.size + comingOf(segments).length
}

/** Who was told to stop does not come again here. */
function comingOf({ failed }: Segments): readonly AbortSignal[] {
  return [...failed.values()].filter(({ aborted }) => !aborted)
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
    else failed.delete(sequence)
    throw error
  }
}
