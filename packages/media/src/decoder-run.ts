import { decoderArguments } from './decoder-arguments.js'
import { DecoderProcess, type DecoderExit } from './decoder-process.js'
import type { DecoderLimits } from './decoder-limits.js'
import type { PictureTime, RawPicture } from './picture-reader.js'
import type { ProcessUse } from './read-process-use.js'
import type { Sandbox } from './sandbox.js'
import type { FailureReason, MediaType } from './segment.js'
import { ptsOf, type SegmentJob } from './segment-job.js'
import type { Timers } from './timers.js'

export interface RunSettings {
  readonly sandbox: Sandbox
  readonly mediaType: MediaType
  readonly limits: DecoderLimits
  readonly timers: Timers
}

export interface RunEvents {
  onPicture(job: SegmentJob, picture: RawPicture, time: PictureTime): void
  /** The segment gives no further picture; a failure says why it gave none. */
  onDone(job: SegmentJob, failure?: { reason: FailureReason; detail: string }): void
  /** These have no outcome, since the decoder went silent or crashed. */
  onUnanswered(jobs: readonly SegmentJob[], exit: DecoderExit): void
}

/** How often a segment that is not answered at once is looked after. */
const CHECK_EVERY_MS = 500

/** One life of a decoder process, with the segments that it was given, in their order. */
export class DecoderRun {
  readonly #settings: RunSettings
  readonly #events: RunEvents
  readonly #process: DecoderProcess
  /** Resolves when the process is gone and its segments are answered or given back. */
  readonly exited: Promise<void>
  #jobs: SegmentJob[] = []
  /** Answered, but its late pictures may still come. */
  #answered: SegmentJob | undefined
  #timer: unknown
  #endTimer: unknown
  #ended = false
  #exited = false
  #markExit: () => void = () => undefined
  #headSince = 0
  #headCpuMs = 0
  #quietSince = 0
  #quietCpuMs = 0
  #unwritten = 0

  constructor(settings: RunSettings, events: RunEvents, maxPictures?: number) {
    const { sandbox, mediaType } = settings
    this.#settings = settings
    this.#events = events
    this.exited = new Promise((resolve) => (this.#markExit = resolve))
    const words = decoderArguments({
      mediaType,
      ...(maxPictures === undefined ? {} : { maxPictures }),
    })
    this.#process = new DecoderProcess(sandbox, words, {
      onPicture: (picture, time) => this.#take(picture, time),
      onExit: (exit) => this.#leave(exit),
    })
  }

  /** True while further segments can be given. */
  get open(): boolean {
    return !this.#ended && !this.#exited
  }

  get pids(): readonly number[] {
    return this.#exited ? [] : this.#process.pids
  }

  /** Gives a segment to the decoder. Resolves when its bytes are taken. */
  async add(job: SegmentJob): Promise<void> {
    this.#jobs.push(job)
    if (this.#jobs.length === 1) this.#startHead()
    this.#unwritten += 1
    await this.#process.write(job.inspection?.packets ?? job.segment.bytes)
    this.#unwritten -= 1
    this.#startQuiet()
  }

  /** No more segments: what is not answered yet is when the decoder has exited. */
  end(): void {
    if (!this.open) return
    this.#ended = true
    this.#process.end()
    this.#endTimer = this.#settings.timers.setTimeout(() => this.#process.kill(), this.#settings.limits.deadlineMs)
  }

  kill(): void {
    this.#process.kill()
  }

  #take(picture: RawPicture, time: PictureTime): void {
    this.#startQuiet()
    const job = this.#findJob(time)
    if (job === undefined) return
    this.#finishBefore(job)
    job.decoded += 1
    if (job.decoded > this.#settings.limits.maxPictures(job.segment.durationMs)) {
      return this.#giveUp(job, 'decoder-failed', `more than ${job.decoded - 1} pictures`)
    }
    this.#events.onPicture(job, picture, time)
    if (job.awaited?.length === 0 && !this.#ended) this.#finish(job)
  }

  /** By the exact PTS, since segments of a loop repeat theirs; else by the clock; else what is next. */
  #findJob(time: PictureTime): SegmentJob | undefined {
    const pts = ptsOf(time)
    if (pts === undefined) return this.#jobs[0]
    if (this.#answered?.strike(pts) === true) return undefined
    return this.#jobs.find((job) => job.strike(pts)) ?? this.#jobs.find((job) => job.covers(pts)) ?? this.#jobs[0]
  }

  /** Pictures come in order: when one of a later segment is here, the earlier ones are through. */
  #finishBefore(job: SegmentJob): void {
    for (let head = this.#jobs[0]; head !== undefined && head !== job; head = this.#jobs[0]) this.#finish(head)
  }

  #finish(job: SegmentJob, detail = ''): void {
    this.#drop(job)
    if (job.decoded > 0) this.#events.onDone(job)
    else if (job.awaited?.length === 0) this.#events.onDone(job, { reason: 'no-keyframe', detail: 'no keyframe in it' })
    else this.#events.onDone(job, { reason: 'decoder-failed', detail: detail || 'its keyframe gave no picture' })
  }

  #drop(job: SegmentJob): void {
    this.#jobs = this.#jobs.filter((other) => other !== job)
    this.#answered = job
    this.#startHead()
  }

  #giveUp(job: SegmentJob, reason: FailureReason, detail: string): void {
    this.#drop(job)
    this.#events.onDone(job, { reason, detail })
    this.#process.kill()
  }

  #leave(exit: DecoderExit): void {
    this.#exited = true
    this.#settings.timers.clearTimeout(this.#endTimer)
    const jobs = this.#jobs
    this.#jobs = []
    if (this.#ended && !exit.crashed) for (const job of jobs) this.#finish(job, exit.detail)
    else if (jobs.length > 0) this.#events.onUnanswered(jobs, exit)
    this.#clearTimer()
    this.#markExit()
  }

  #startHead(): void {
    this.#clearTimer()
    if (this.#jobs.length === 0 || this.#exited) return
    this.#headSince = this.#settings.timers.now()
    this.#headCpuMs = this.#process.use()?.cpuMs ?? 0
    this.#startQuiet()
    this.#timer = this.#settings.timers.setTimeout(() => this.#check(), CHECK_EVERY_MS)
  }

  #startQuiet(): void {
    this.#quietSince = this.#settings.timers.now()
  }

  #clearTimer(): void {
    if (this.#timer !== undefined) this.#settings.timers.clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #check(): void {
    const [head] = this.#jobs
    if (head === undefined) return
    const { limits, timers } = this.#settings
    const use = this.#process.use()
    const overrun = this.#findOverrun(use?.cpuMs)
    if (overrun !== undefined) return this.#giveUp(head, 'timeout', overrun)
    if (this.#isAtWork(use)) this.#startQuiet()
    this.#quietCpuMs = use?.cpuMs ?? 0
    if (!this.#ended && timers.now() - this.#quietSince >= limits.silenceMs) return this.#endSilence(head)
    this.#timer = timers.setTimeout(() => this.#check(), CHECK_EVERY_MS)
  }

  #findOverrun(cpuMs = this.#headCpuMs): string | undefined {
    const { limits, timers } = this.#settings
    if (cpuMs - this.#headCpuMs > limits.cpuMs) return `used more than ${limits.cpuMs} ms of CPU`
    const late = timers.now() - this.#headSince >= limits.deadlineMs
    return late ? `not decoded within ${limits.deadlineMs} ms` : undefined
  }

  /** Silence counts only from a decoder that has nothing to do, not from one that waits for a core. */
  #isAtWork(use: ProcessUse | undefined): boolean {
    return use === undefined || use.busy || use.cpuMs !== this.#quietCpuMs || this.#unwritten > 0
  }

  /** Nothing comes, and the decoder waits for more: a picture that it holds back is got by a run to the end. */
  #endSilence(head: SegmentJob): void {
    if (head.decoded > 0 || head.inspection?.keyframes?.length === 0) return this.#finish(head)
    this.#drop(head)
    this.#events.onUnanswered([head], { crashed: false, detail: 'held back' })
  }
}
