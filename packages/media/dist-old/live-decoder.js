import { RetriableError } from '@streamkeeper/pipeline'
import { defaultLimits } from './decoder-limits.js'
import { DecoderRun } from './decoder-run.js'
import { inspectTransportStream } from './inspect-transport-stream.js'
import { KeyframeWatch } from './keyframe-watch.js'
import { RunUp } from './run-up.js'
import { SegmentJob } from './segment-job.js'
import { systemTimers } from './timers.js'
/**
 * Watches one live stream: one decoder process that lives on from segment to segment, one sampled picture each interval. Only
 * keyframes are decoded, but for streams where they are more than `noKeyframeMs` apart.
 */ export function createLiveDecoder(options) {
  return new Decoder(options)
}
/** Clocks of encoders are not exact: a keyframe that comes a little early is still taken. */ const EARLY_PART = 0.1
class Decoder {
  streamId
  mediaType
  #limits
  #settings
  /** Everything without a released result, in the order of feeding. */ #order = []
  #waiting = []
  #again = []
  #live
  #single
  #signature = ''
  #liveIsWhole = false
  #watch
  #runUp = new RunUp()
  #track
  #lastTakenMs
  #pumping = false
  #closed = false
  constructor({ streamId, mediaType, sandbox, timers = systemTimers, ...limits }) {
    this.streamId = streamId
    this.mediaType = mediaType
    this.#limits = {
      ...defaultLimits,
      ...limits,
    }
    this.#watch = new KeyframeWatch(this.#limits.noKeyframeMs)
    this.#settings = {
      sandbox,
      mediaType,
      timers,
      limits: this.#limits,
    }
  }
  get outstanding() {
    return this.#order.length
  }
  get pids() {
    return [...(this.#live?.pids ?? []), ...(this.#single?.pids ?? [])]
  }
  feed(segment) {
    if (this.#closed) return Promise.reject(new RetriableError(`the decoder of ${this.streamId} is closed`))
    if (this.#order.length >= this.#limits.maxOutstanding) {
      return Promise.reject(
        new RetriableError(`${this.#order.length} segments of ${this.streamId} wait for the decoder`),
      )
    }
    const job = this.#openJob(segment)
    this.#order.push(job)
    if (job.inspection?.packets.length === 0) {
      this.#settle(job, {
        reason: 'decoder-failed',
        detail: 'no MPEG transport stream',
      })
    } else {
      this.#waiting.push(job)
      void this.#pump()
    }
    return job.result
  }
  async close() {
    this.#closed = true
    void this.#pump()
    await Promise.all(this.#order.map((job) => job.result))
    await Promise.all([this.#live?.exited, this.#single?.exited])
  }
  #openJob(segment) {
    if (this.mediaType !== 'video/mp2t') return new SegmentJob(segment)
    const inspection = inspectTransportStream(segment.bytes, this.#track)
    this.#track = inspection.track
    return new SegmentJob(segment, inspection)
  }
  /** Gives segments to processes, one after the other: first those that a process left unanswered. */ async #pump() {
    if (this.#pumping) return
    this.#pumping = true
    for (;;) {
      const again = this.#again.shift()
      const job = again ?? this.#waiting.shift()
      if (job === undefined) break
      if (again !== undefined || this.mediaType !== 'video/mp2t') await this.#runSingly(job)
      else await this.#runLive(job)
    }
    this.#pumping = false
    if (this.#closed) this.#live?.end()
  }
  async #runLive(job) {
    const whole = this.#chooseMode(job)
    const signature = job.inspection?.signature ?? ''
    const changes = whole !== this.#liveIsWhole || (signature !== '' && signature !== this.#signature)
    const live = await this.#openLive(job, whole, changes)
    if (this.#signature === '') this.#signature = signature
    this.#runUp.take(job)
    await live.add(job)
  }
  /** The decoder that runs, or a new one that is ready for this segment. */ async #openLive(job, whole, changes) {
    if (this.#live?.open === true) {
      if (!changes) return this.#live
      // A decoder that runs would squeeze the new size into the old one, look at a track that is gone, or skip what is wanted now.
      this.#live.end()
      await this.#live.exited
    }
    const live = new DecoderRun(this.#settings, this.#eventsOf(), {
      whole,
    })
    this.#live = live
    this.#liveIsWhole = whole
    this.#signature = ''
    if (whole) for (const earlier of this.#runUp.before(job)) await live.add(earlier)
    return live
  }
  #chooseMode(job) {
    const { keyframes } = job
    if (keyframes === undefined) return false
    const { broken } = this.#watch.take(job.segment, keyframes)
    if (broken) this.#runUp.forget()
    return this.#watch.whole
  }
  /** A process for this segment alone: whatever it holds comes out at the end. */ async #runSingly(job) {
    const inFull = job.keyframes !== undefined && this.#watch.whole
    const failure = this.mediaType === 'video/mp2t' ? await this.#runOnce(job, inFull) : await this.#runTwice(job)
    // What crashed twice is not given to a decoder a third time.
    if (failure !== undefined && inFull) this.#runUp.forget()
    if (job.keyframes === undefined) this.#settle(job, await this.#lookAgain(job, failure))
    else this.#settle(job, failure)
  }
  /** As in a live decoder: one crash may be the machine's. */ async #runTwice(job) {
    let crashed = false
    const failure = await this.#runOnce(job, false, (exit) => (crashed = exit.crashed))
    return crashed && failure !== undefined ? this.#runOnce(job, false) : failure
  }
  /** Where packets do not tell, the pictures do: a segment of a stream whose keyframes are too far apart is decoded once more, in full. */ async #lookAgain(
    job,
    failure,
  ) {
    if (this.mediaType === 'video/mp2t') return failure
    if (failure !== undefined && failure.reason !== 'no-keyframe') return failure
    const { pictures, decoded } = job
    const times = pictures.map(({ streamTimeMs }) => streamTimeMs)
    const watch = this.#watch
    watch.take(job.segment, {
      times,
      first: times.length > 0,
    })
    // A full decode begins at a keyframe too.
    if (!watch.whole || failure !== undefined) return failure
    const second = await this.#runOnce(job, true)
    // What the keyframes showed is kept when the full decode took too long.
    if (second !== undefined)
      Object.assign(job, {
        pictures,
        decoded,
      })
    return undefined
  }
  /** Gives its failure. */ async #runOnce(job, whole, onCrash) {
    let failure
    const maxPictures = this.#limits.maxPictures(job.segment.durationMs)
    const events = {
      ...this.#eventsOf(),
      onDone: (done, reason) => {
        if (done === job) failure = reason
      },
      onUnanswered: (_jobs, exit) => {
        failure = {
          reason: 'decoder-failed',
          detail: exit.detail,
        }
        onCrash?.(exit)
      },
    }
    const before = whole ? this.#runUp.before(job) : []
    const single = new DecoderRun(this.#settings, events, {
      whole,
      ...(before.length === 0
        ? {
            maxPictures,
          }
        : {}),
    })
    this.#single = single
    for (const earlier of before) await single.add(earlier)
    await single.add(job)
    single.end()
    await single.exited
    this.#single = undefined
    return failure
  }
  #eventsOf() {
    return {
      onPicture: (job, picture, time) => this.#take(job, picture, time),
      onDone: (job, failure) => this.#settle(job, failure),
      onUnanswered: (jobs) => {
        // Those of a run-up have had their answer.
        this.#again.push(...jobs.filter((job) => this.#order.includes(job)))
        void this.#pump()
      },
    }
  }
  #take(job, picture, time) {
    const streamTimeMs = job.streamTimeOf(time)
    const last = this.#lastTakenBefore(job)
    const soon = last !== undefined && Math.abs(streamTimeMs - last) < this.#limits.intervalMs * (1 - EARLY_PART)
    if (!soon)
      job.pictures.push({
        streamTimeMs,
        ...picture,
      })
  }
  #lastTakenBefore(job) {
    for (let at = this.#order.indexOf(job); at >= 0; at -= 1) {
      const last = this.#order[at]?.pictures.at(-1)
      if (last !== undefined) return last.streamTimeMs
    }
    return this.#lastTakenMs
  }
  #settle(job, failure) {
    const { sequence } = job.segment
    if (failure === undefined)
      job.outcome = {
        sequence,
        outcome: 'decoded',
        pictures: job.pictures,
      }
    else
      job.outcome = {
        sequence,
        outcome: 'failed',
        ...failure,
      }
    for (let first = this.#order[0]; first?.outcome !== undefined; first = this.#order[0]) {
      this.#order.shift()
      if (first.outcome.outcome === 'decoded')
        this.#lastTakenMs = first.pictures.at(-1)?.streamTimeMs ?? this.#lastTakenMs
      first.release()
    }
  }
}

//# sourceMappingURL=live-decoder.js.map
