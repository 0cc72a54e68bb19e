import { isRetriable, RetriableError } from '@streamkeeper/pipeline'
import { createOnce, type Once } from './once.js'

/** Segments of streams whose stretch is not written yet. */
export interface Underway {
  /**
   * Does the work of a segment. One that failed and will be tried again stays underway, until `signal` says that it will not; what
   * it did `once` is not done again.
   */
  run(segment: SegmentName, signal: AbortSignal, work: (once: Once) => Promise<void>): Promise<void>
  /** Resolves when one more segment of the stream may begin. */
  room(streamId: string): Promise<void>
  /** Resolves when nothing of the stream is underway. Throws RetriableError when a segment failed and will come again. */
  settled(streamId: string): Promise<void>
}

export interface UnderwayOptions {
  /** So many segments of a stream are underway at once, since each holds its bytes or its pictures. */
  readonly most: number
  /** The stream went elsewhere in the middle of a segment: whatever is remembered of it would be of work that nobody handed on. */
  readonly forget: (streamId: string) => Promise<void>
}

interface SegmentName {
  readonly streamId: string
  readonly sequence: number
}

interface Failed {
  readonly signal: AbortSignal
  readonly once: Once
}

interface Segments {
  readonly running: Map<number, Promise<void>>
  readonly failed: Map<number, Failed>
  /** To be told when one is done. */
  readonly waiting: Set<() => void>
}

/** The lane lets a stream's next record start before a segment is done: what concludes a stream has to wait for them. */
export function createUnderway({ most, forget }: UnderwayOptions): Underway {
  const streams = new Map<string, Segments>()
  const withFailed = new Set<string>()

  async function dropLeft(): Promise<void> {
    for (const streamId of withFailed) {
      const isLeft = takeLeft(streams.get(streamId)?.failed)
      tidy(streamId)
      if (isLeft) await forget(streamId)
    }
  }

  function tidy(streamId: string): void {
    const { running, failed } = streams.get(streamId) ?? {}
    if (failed === undefined || failed.size === 0) withFailed.delete(streamId)
    else withFailed.add(streamId)
    if (running?.size === 0 && failed?.size === 0) streams.delete(streamId)
  }

  return {
    run: async ({ streamId, sequence }, signal, work) => {
      const segments = streams.get(streamId) ?? { running: new Map(), failed: new Map(), waiting: new Set() }
      streams.set(streamId, segments)
      // Of an earlier stay, and not at its end yet.
      const earlier = segments.running.get(sequence)
      const begin = async (): Promise<void> => {
        if (earlier !== undefined) await Promise.allSettled([earlier])
        if (withFailed.size > 0) await dropLeft()
        await note(segments.failed, { sequence, signal }, work)
      }
      const running = begin()
      segments.running.set(sequence, running)
      try {
        await running
      } finally {
        if (segments.running.get(sequence) === running) segments.running.delete(sequence)
        tidy(streamId)
        wakeAll(segments)
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
      await Promise.allSettled(segments.running.values())
      if (comingOf(segments).length > 0) throw new RetriableError('a segment of the stream is still to come')
    },
  }
}

function wakeAll({ waiting }: Segments): void {
  for (const wake of waiting) wake()
  waiting.clear()
}

/** Who was told to stop does not come again in the same stay here. True when there was one. */
function takeLeft(failed: Segments['failed'] = new Map()): boolean {
  const left = [...failed].filter(([, { signal }]) => signal.aborted)
  for (const [sequence] of left) failed.delete(sequence)
  return left.length > 0
}

/** What failed comes again beside the others, so that it keeps its place. */
function countOf(segments: Segments): number {
  return segments.running.size + comingOf(segments).length
}

function comingOf({ failed }: Segments): readonly Failed[] {
  return [...failed.values()].filter(({ signal }) => !signal.aborted)
}

async function note(
  failed: Segments['failed'],
  { sequence, signal }: Pick<Failed, 'signal'> & Pick<SegmentName, 'sequence'>,
  work: (once: Once) => Promise<void>,
): Promise<void> {
  const once = failed.get(sequence)?.once ?? createOnce()
  try {
    await work(once)
    failed.delete(sequence)
  } catch (error) {
    if (isRetriable(error)) failed.set(sequence, { signal, once })
    else failed.delete(sequence)
    throw error
  }
}
