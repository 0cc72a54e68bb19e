import { RetriableError } from '@streamkeeper/pipeline'
import { defaultLimits, type DecoderLimits } from './decoder-limits.js'
import type { DecoderExit } from './decoder-process.js'
import { DecoderRun, type RunEvents, type RunSettings } from './decoder-run.js'
import type { FullPlaces } from './full-places.js'
import { createInspector, type Inspector } from './inspect-segment.js'
import { KeyframeWatch } from './keyframe-watch.js'
import type { LiveDecoder, LiveDecoderOptions } from './live-decoder-types.js'
import type { PictureTime, RawPicture } from './picture-reader.js'
import { RunUp } from './run-up.js'
import { lastTakenUpTo, SegmentJob } from './segment-job.js'
import type { DecodedSegment, FailureReason, MediaType, Segment } from './segment.js'
import { MISTIMED } from './segment-inspection.js'
import { systemTimers } from './timers.js'

export type { LiveDecoder, LiveDecoderOptions } from './live-decoder-types.js'

/**
 * Watches one live stream: one decoder process that lives on from segment to segment, one sampled picture each interval. Only
 * keyframes are decoded, but for streams where they are more than `noKeyframeMs` apart.
 */
export function createLiveDecoder(options: LiveDecoderOptions): LiveDecoder {
  return new Decoder(options)
}

/** Clocks of encoders are not exact: a keyframe that comes a little early is still taken. */
const EARLY_PART = 0.1

/** A full decode without a keyframe to begin anew at becomes so old: 76 MB of notes, 20 hours at 30 pictures a second. */
const MOST_AGES = 10

interface Failure {
  readonly reason: FailureReason
  readonly detail: string
}

class Decoder implements LiveDecoder {
  readonly streamId: string
  readonly mediaType: MediaType
  readonly #limits: DecoderLimits
  readonly #settings: RunSettings
  /** Everything without a released result, in the order of feeding. */
  #order: SegmentJob[] = []
  #waiting: SegmentJob[] = []
  #again: SegmentJob[] = []
  #live: DecoderRun | undefined
  #single: DecoderRun | undefined
  #signature = ''
  #liveIsWhole = false
  readonly #watch: KeyframeWatch
  readonly #runUp = new RunUp()
  readonly #inspect: Inspector
  readonly #places: FullPlaces | undefined
  #lastTakenMs: number | undefined
  #pumping = false
  #closed = false

  constructor({ streamId, mediaType, sandbox, timers = systemTimers, fullPlaces, ...limits }: LiveDecoderOptions) {
    this.streamId = streamId
    this.mediaType = mediaType
    this.#limits = { ...defaultLimits, ...limits }
    this.#watch = new KeyframeWatch(this.#limits.noKeyframeMs)
    this.#inspect = createInspector(mediaType)
    this.#places = fullPlaces
    this.#settings = { sandbox, mediaType, timers, limits: this.#limits }
  }

  get outstanding(): number {
    return this.#order.length
  }

  get pids(): readonly number[] {
    return [...(this.#live?.pids ?? []), ...(this.#single?.pids ?? [])]
  }

  feed(segment: Segment): Promise<DecodedSegment> {
    if (this.#closed) return Promise.reject(new RetriableError(`the decoder of ${this.streamId} is closed`))
    if (this.#order.length >= this.#limits.maxOutstanding) {
      return Promise.reject(
        new RetriableError(`${this.#order.length} segments of ${this.streamId} wait for the decoder`),
      )
    }
    const job = new SegmentJob(segment, this.#inspect(segment))
    this.#order.push(job)
    if (job.inspection?.empty === true) {
      this.#settle(job, { reason: 'decoder-failed', detail: 'no MPEG transport stream' })
    } else {
      this.#waiting.push(job)
      void this.#pump()
    }
    return job.result
  }

  async close(): Promise<void> {
    this.#closed = true
    void this.#pump()
    await Promise.all(this.#order.map((job) => job.result))
    await Promise.all([this.#live?.exited, this.#single?.exited])
    this.#places?.leave(this)
  }

  /** Gives segments to processes, one after the other: first those that a process left unanswered. */
  async #pump(): Promise<void> {
    if (this.#pumping) return
    this.#pumping = true
    for (;;) {
      const again = this.#again.shift()
      const job = again ?? this.#waiting.shift()
      if (job === undefined) break
      await this.#give(job, again !== undefined)
    }
    this.#pumping = false
    if (this.#closed) this.#live?.end()
  }

  async #give(job: SegmentJob, isAgain: boolean): Promise<void> {
    const { inspection } = job
    if (inspection?.refused !== undefined) return this.#refuse(job, inspection.refused)
    if (isAgain || inspection === undefined) return this.#runSingly(job)
    const whole = this.#chooseMode(job)
    // A full decode gives pictures by their times.
    if (whole && job.isImpossible) return this.#refuse(job, MISTIMED)
    return this.#runLive(job, whole)
  }

  /** What is behind it may build on its pictures: a full decode begins anew, at a keyframe. */
  async #refuse(job: SegmentJob, detail: string): Promise<void> {
    this.#runUp.forget()
    if (this.#liveIsWhole && this.#live?.open === true) {
      this.#live.end()
      await this.#live.exited
    }
    this.#settle(job, { reason: 'decoder-failed', detail })
  }

  async #runLive(job: SegmentJob, whole: boolean): Promise<void> {
    const signature = job.inspection?.signature ?? ''
    const isOther = signature !== '' && signature !== this.#signature
    // In MP4 the clock may have broken too: what was before is no way to get here.
    if (isOther && this.mediaType === 'video/mp4') this.#runUp.forget()
    const changes = isOther || this.#live?.suits(job, whole) !== true || this.#isOld(job, whole)
    const live = await this.#openLive(job, whole, changes)
    if (this.#signature === '') this.#signature = signature
    this.#runUp.take(job)
    await live.add(job)
  }

  /** Of MP4 only, ours too: the demuxer of MPEG-TS keeps no notes. */
  #isOld(job: SegmentJob, whole: boolean): boolean {
    const ages = (this.#live?.noted ?? 0) / this.#limits.maxNoted
    if (ages < 1) return false
    if (!whole || job.keyframes?.first === true || this.#runUp.isShort) return true
    // Else the new one would be as old at once.
    if (ages >= MOST_AGES) this.#runUp.forget()
    return ages >= MOST_AGES
  }

  /** The decoder that runs, or a new one that is ready for this segment. */
  async #openLive(job: SegmentJob, whole: boolean, changes: boolean): Promise<DecoderRun> {
    if (this.#live?.open === true) {
      if (!changes) return this.#live
      // A decoder that runs would squeeze the new size into the old one, look at a track that is gone, or skip what is wanted now.
      this.#live.end()
      await this.#live.exited
    }
    const plan = { whole, inspected: true, rewritten: job.isRewritten(whole) }
    const live = new DecoderRun(this.#settings, this.#eventsOf(), plan)
    this.#live = live
    this.#liveIsWhole = whole
    this.#signature = ''
    if (whole) for (const earlier of this.#runUp.before(job)) await live.add(earlier)
    return live
  }

  #chooseMode(job: SegmentJob): boolean {
    const { keyframes } = job
    if (keyframes === undefined) return false
    const { broken } = this.#watch.take(job.segment, keyframes)
    if (broken) this.#runUp.forget()
    return this.#mayDecodeInFull(job)
  }

  #mayDecodeInFull(job: SegmentJob): boolean {
    if (!this.#watch.whole) this.#places?.leave(this)
    else job.crowdedOut = this.#places?.take(this) === false
    return this.#watch.whole && !job.crowdedOut
  }

  /** A process for this segment alone: whatever it holds comes out at the end. */
  async #runSingly(job: SegmentJob): Promise<void> {
    const known = job.keyframes !== undefined
    const inFull = known && this.#liveIsWhole
    // What fragments of our own did not give, the media's own bytes may.
    if (!inFull) job.makePlain()
    const runOnce = this.mediaType === 'video/mp2t' || inFull
    const failure = runOnce ? await this.#runOnce(job, inFull) : await this.#runTwice(job)
    // What crashed twice is not given to a decoder a third time.
    if (failure !== undefined && inFull) this.#runUp.forget()
    const last = known || job.inspection !== undefined ? failure : await this.#lookAgain(job, failure)
    this.#settle(job, job.isMistimed ? { reason: 'decoder-failed', detail: MISTIMED } : last)
  }

  /** As in a live decoder: one crash may be the machine's. */
  async #runTwice(job: SegmentJob): Promise<Failure | undefined> {
    let crashed = false
    const failure = await this.#runOnce(job, false, (exit) => (crashed = exit.crashed))
    return crashed && failure !== undefined ? this.#runOnce(job, false) : failure
  }

  /** Where packets do not tell, the pictures do: a segment of a stream whose keyframes are too far apart is decoded once more, in full. */
  async #lookAgain(job: SegmentJob, failure: Failure | undefined): Promise<Failure | undefined> {
    if (failure !== undefined && failure.reason !== 'no-keyframe') return failure
    const { pictures, decoded } = job
    const times = pictures.map(({ streamTimeMs }) => streamTimeMs)
    const watch = this.#watch
    watch.take(job.segment, { times, first: times.length > 0 })
    // A full decode begins at a keyframe too.
    if (failure !== undefined || !this.#mayDecodeInFull(job)) return failure
    const second = await this.#runOnce(job, true)
    // What the keyframes showed is kept when the full decode took too long.
    if (second !== undefined) Object.assign(job, { pictures, decoded })
    return undefined
  }

  /** Gives its failure. */
  async #runOnce(job: SegmentJob, whole: boolean, onCrash?: (exit: DecoderExit) => void): Promise<Failure | undefined> {
    let failure: Failure | undefined
    const maxPictures = this.#limits.maxPictures(job.segment.durationMs)
    const events: RunEvents = {
      ...this.#eventsOf(),
      onDone: (done, reason) => {
        if (done === job) failure = reason
      },
      onUnanswered: (_jobs, exit) => {
        failure = { reason: 'decoder-failed', detail: exit.detail }
        onCrash?.(exit)
      },
    }
    const before = whole ? this.#runUp.before(job) : []
    const plan = { whole, inspected: job.inspection !== undefined, rewritten: job.isRewritten(whole) }
    const single = new DecoderRun(this.#settings, events, before.length === 0 ? { ...plan, maxPictures } : plan)
    this.#single = single
    for (const earlier of before) await single.add(earlier)
    await single.add(job)
    single.end()
    await single.exited
    this.#single = undefined
    job.endOffers(this.#leastMs)
    return failure
  }

  #eventsOf(): RunEvents {
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

  #take(job: SegmentJob, picture: RawPicture, time: PictureTime): void {
    const last = lastTakenUpTo(job, this.#order) ?? this.#lastTakenMs
    job.offer({ streamTimeMs: job.place(time), ...picture }, last, this.#leastMs)
  }

  get #leastMs(): number {
    return this.#limits.intervalMs * (1 - EARLY_PART)
  }

  #explain(job: SegmentJob, failure: Failure): Failure {
    if (!job.crowdedOut || failure.reason !== 'no-keyframe') return failure
    return { reason: 'overload', detail: `no keyframe in it, and ${this.#places?.most} streams are decoded in full` }
  }

  #settle(job: SegmentJob, failure?: Failure): void {
    const { sequence } = job.segment
    job.endOffers(this.#leastMs)
    if (failure === undefined) job.outcome = { sequence, outcome: 'decoded', pictures: job.pictures }
    else job.outcome = { sequence, outcome: 'failed', ...this.#explain(job, failure) }
    for (let first = this.#order[0]; first?.outcome !== undefined; first = this.#order[0]) {
      this.#order.shift()
      if (first.outcome.outcome === 'decoded')
        this.#lastTakenMs = first.pictures.at(-1)?.streamTimeMs ?? this.#lastTakenMs
      first.release()
    }
  }
}
