import { RetriableError } from '@streamkeeper/pipeline'
import { DEFAULT_MAX_FULL, FullPlaces } from './full-places.js'
import { createLiveDecoder, type LiveDecoder, type LiveDecoderOptions } from './live-decoder.js'
import type { DecodedSegment, MediaType, Segment } from './segment.js'
import { systemTimers } from './timers.js'

export interface DecoderPoolOptions extends Omit<LiveDecoderOptions, 'streamId' | 'mediaType' | 'fullPlaces'> {
  /** Streams that may have a decoder at once; more wait until one has nothing to do. */
  readonly maxProcesses: number
  /** A decoder without segments for so long is ended; it comes back with the stream's next segment. Default 30,000. */
  readonly idleMs?: number
  /**
   * Streams that may be decoded in full at once, for want of keyframes; default 8 a core. Others of that kind are looked at where
   * they have a keyframe, and fail as `overload` where not, until one of these ends or goes idle.
   */
  readonly maxFull?: number
  /** Streams that may wait for a decoder; default 1,000. */
  readonly maxWaiting?: number
}

export interface DecoderPool {
  /** Streams that have a decoder now. */
  readonly size: number
  /** The processes of all decoders. */
  readonly pids: readonly number[]
  /** Like LiveDecoder.feed, with the decoder of that stream. Rejects with RetriableError when too many wait. */
  feed(streamId: string, mediaType: MediaType, segment: Segment): Promise<DecodedSegment>
  /** The stream is over: answers what it still has, and ends its decoder. */
  end(streamId: string): Promise<void>
  close(): Promise<void>
}

/** One live decoder a stream, up to a cap. */
export function createDecoderPool(options: DecoderPoolOptions): DecoderPool {
  return new Pool(options)
}

interface Place {
  readonly mediaType: MediaType
  readonly ready: Promise<LiveDecoder>
  decoder?: LiveDecoder
  feeding: number
  usedAt: number
  idleTimer?: unknown
}

const DEFAULT_IDLE_MS = 30_000
const DEFAULT_WAITING = 1000

class Pool implements DecoderPool {
  readonly #options: DecoderPoolOptions
  readonly #places = new Map<string, Place>()
  readonly #waiting: (() => void)[] = []
  readonly #fullPlaces: FullPlaces
  #taken = 0

  constructor(options: DecoderPoolOptions) {
    this.#options = options
    this.#fullPlaces = new FullPlaces(options.maxFull ?? DEFAULT_MAX_FULL)
  }

  get size(): number {
    return this.#taken
  }

  get pids(): readonly number[] {
    return [...this.#places.values()].flatMap(({ decoder }) => decoder?.pids ?? [])
  }

  async feed(streamId: string, mediaType: MediaType, segment: Segment): Promise<DecodedSegment> {
    const place = this.#placeOf(streamId, mediaType)
    this.#timers.clearTimeout(place.idleTimer)
    place.feeding += 1
    try {
      return await (await place.ready).feed(segment)
    } finally {
      place.feeding -= 1
      if (place.feeding === 0) this.#rest(streamId, place)
    }
  }

  async end(streamId: string): Promise<void> {
    const place = this.#places.get(streamId)
    if (place === undefined) return
    this.#places.delete(streamId)
    this.#timers.clearTimeout(place.idleTimer)
    const decoder = await place.ready
    await decoder.close()
    this.#taken -= 1
    this.#waiting.shift()?.()
  }

  async close(): Promise<void> {
    await Promise.all([...this.#places.keys()].map((streamId) => this.end(streamId)))
  }

  get #timers(): NonNullable<DecoderPoolOptions['timers']> {
    return this.#options.timers ?? systemTimers
  }

  #placeOf(streamId: string, mediaType: MediaType): Place {
    const known = this.#places.get(streamId)
    if (known?.mediaType === mediaType) return known
    if (known !== undefined) void this.end(streamId)
    const { maxProcesses, maxWaiting = DEFAULT_WAITING } = this.#options
    if (this.#taken >= maxProcesses && this.#waiting.length >= maxWaiting) {
      throw new RetriableError(`${this.#waiting.length} streams wait for a decoder`)
    }
    const place: Place = { mediaType, ready: this.#open(streamId, mediaType), feeding: 0, usedAt: this.#timers.now() }
    this.#places.set(streamId, place)
    void place.ready.then((decoder) => (place.decoder = decoder))
    return place
  }

  async #open(streamId: string, mediaType: MediaType): Promise<LiveDecoder> {
    while (this.#taken >= this.#options.maxProcesses) {
      const freed = new Promise<void>((resolve) => this.#waiting.push(resolve))
      this.#evict()
      await freed
    }
    this.#taken += 1
    return createLiveDecoder({ ...this.#options, streamId, mediaType, fullPlaces: this.#fullPlaces })
  }

  /** Ends the decoder that has had nothing to do for longest, if there is one. */
  #evict(): void {
    const idle = [...this.#places].filter(([, place]) => place.feeding === 0 && place.decoder !== undefined)
    idle.sort(([, one], [, other]) => one.usedAt - other.usedAt)
    const [longest] = idle
    if (longest !== undefined) void this.end(longest[0])
  }

  #rest(streamId: string, place: Place): void {
    if (this.#places.get(streamId) !== place) return
    place.usedAt = this.#timers.now()
    const { idleMs = DEFAULT_IDLE_MS } = this.#options
    place.idleTimer = this.#timers.setTimeout(() => void this.end(streamId), idleMs)
    if (this.#waiting.length > 0) this.#evict()
  }
}
