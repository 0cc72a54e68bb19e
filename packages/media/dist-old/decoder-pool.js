import { RetriableError } from '@streamkeeper/pipeline'
import { createLiveDecoder } from './live-decoder.js'
import { systemTimers } from './timers.js'
/** One live decoder a stream, up to a cap. */ export function createDecoderPool(options) {
  return new Pool(options)
}
const DEFAULT_IDLE_MS = 30_000
const DEFAULT_WAITING = 1000
class Pool {
  #options
  #places = new Map()
  #waiting = []
  #taken = 0
  constructor(options) {
    this.#options = options
  }
  get size() {
    return this.#taken
  }
  get pids() {
    return [...this.#places.values()].flatMap(({ decoder }) => decoder?.pids ?? [])
  }
  async feed(streamId, mediaType, segment) {
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
  async end(streamId) {
    const place = this.#places.get(streamId)
    if (place === undefined) return
    this.#places.delete(streamId)
    this.#timers.clearTimeout(place.idleTimer)
    const decoder = await place.ready
    await decoder.close()
    this.#taken -= 1
    this.#waiting.shift()?.()
  }
  async close() {
    await Promise.all([...this.#places.keys()].map((streamId) => this.end(streamId)))
  }
  get #timers() {
    return this.#options.timers ?? systemTimers
  }
  #placeOf(streamId, mediaType) {
    const known = this.#places.get(streamId)
    if (known?.mediaType === mediaType) return known
    if (known !== undefined) void this.end(streamId)
    const { maxProcesses, maxWaiting = DEFAULT_WAITING } = this.#options
    if (this.#taken >= maxProcesses && this.#waiting.length >= maxWaiting) {
      throw new RetriableError(`${this.#waiting.length} streams wait for a decoder`)
    }
    const place = {
      mediaType,
      ready: this.#open(streamId, mediaType),
      feeding: 0,
      usedAt: this.#timers.now(),
    }
    this.#places.set(streamId, place)
    void place.ready.then((decoder) => (place.decoder = decoder))
    return place
  }
  async #open(streamId, mediaType) {
    while (this.#taken >= this.#options.maxProcesses) {
      const freed = new Promise((resolve) => this.#waiting.push(resolve))
      this.#evict()
      await freed
    }
    this.#taken += 1
    return createLiveDecoder({
      ...this.#options,
      streamId,
      mediaType,
    })
  }
  /** Ends the decoder that has had nothing to do for longest, if there is one. */ #evict() {
    const idle = [...this.#places].filter(([, place]) => place.feeding === 0 && place.decoder !== undefined)
    idle.sort(([, one], [, other]) => one.usedAt - other.usedAt)
    const [longest] = idle
    if (longest !== undefined) void this.end(longest[0])
  }
  #rest(streamId, place) {
    if (this.#places.get(streamId) !== place) return
    place.usedAt = this.#timers.now()
    const { idleMs = DEFAULT_IDLE_MS } = this.#options
    place.idleTimer = this.#timers.setTimeout(() => void this.end(streamId), idleMs)
    if (this.#waiting.length > 0) this.#evict()
  }
}

//# sourceMappingURL=decoder-pool.js.map
