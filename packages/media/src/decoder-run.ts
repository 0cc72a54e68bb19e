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

export interface RunPlan {
  /** Decodes every picture, and gives one each interval; else keyframes only. */
  readonly whole: boolean
  /** Its segments are known before they are decoded. */
  readonly inspected: boolean
  /** They are written as MP4 of our own. */
  readonly rewritten: boolean
  /** Stops after so many; only for a process that runs one segment. */
  readonly maxPictures?: number
}

/** Demuxer and parser each see from the next picture where one ends: the last two of a segment are not waited for. */
const HELD_BACK = 2

/** How an exit reads when the container was in order and no picture of it was one to show: the decoder complains of nothing else. */
const NOTHING_SEEN =
  /^exit (0|1: Cannot determine format of input stream 0:0 after EOF\s+Error marking filters as finished)$/

/** How often a segment that is not answered at once is looked after. */
const CHECK_EVERY_MS = 500

/** One life of a decoder process, with the segments that it was given, in their order. */
export class DecoderRun {
  readonly #settings: RunSettings
  readonly #events: RunEvents
  readonly #whole: boolean
  readonly #rewritten: boolean
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
  #given = 0
  /** It was given a keyframe, or may have been: before one there is nothing to show. */
  #rooted = false
  #begun = false

  constructor(settings: RunSettings, events: RunEvents, { whole, inspected, rewritten, maxPictures }: RunPlan) {
    const { sandbox, mediaType, limits } = settings
    this.#whole = whole
    this.#rewritten = rewritten
    this.#settings = settings
    this.#events = events
    this.exited = new Promise((resolve) => (this.#markExit = resolve))
    const words = decoderArguments({
      mediaType,
      inspected,
      rewritten,
      ...(whole ? { wholeEachMs: limits.intervalMs } : {}),
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

  /** Whether it decodes as much as is wanted, and reads what the segment comes as. */
  suits(job: SegmentJob, whole: boolean): boolean {
    return whole === this.#whole && job.isRewritten(whole) === this.#rewritten
  }

  /** Pictures that the demuxer keeps a note of, as only that of MP4 does; 0 when it is given no more. */
  get noted(): number {
    return this.open && this.#rewritten ? this.#given : 0
  }

  get pids(): readonly number[] {
    return this.#exited ? [] : this.#process.pids
  }

  /** Gives a segment to the decoder. Resolves when its bytes are taken. */
  async add(job: SegmentJob): Promise<void> {
    job.begin(this.#whole)
    this.#jobs.push(job)
    if (job.inspection?.keyframes?.length !== 0) this.#rooted = true
    if (this.#jobs.length === 1) this.#startHead()
    this.#unwritten += 1
    this.#given += job.inspection?.times.length ?? 0
    const bytes = job.bytesFor({ first: !this.#begun, whole: this.#whole })
    this.#begun ||= bytes.length > 0
    await this.#process.write(bytes)
    this.#unwritten -= 1
    this.#startQuiet()
    // Nothing can come of it, so nothing is waited for.
    if (this.#isBlind(job) && this.#jobs.includes(job)) this.#finish(job)
  }

  #isBlind(job: SegmentJob): boolean {
    return this.#whole ? !this.#rooted : job.inspection?.keyframes?.length === 0
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

  #take(picture: RawPicture | undefined, told: PictureTime): void {
    this.#startQuiet()
    const time = this.#onStreamClock(told)
    const job = this.#findJob(time)
    if (job === undefined) return
    this.#finishBefore(job)
    if (time.isOther) return this.#giveUp(job, 'decoder-failed', 'the size or format of its pictures changes within it')
    job.decoded += 1
    if (job.decoded > this.#settings.limits.maxPictures(job.segment.durationMs)) {
      return this.#giveUp(job, 'decoder-failed', `more than ${job.decoded - 1} pictures`)
    }
    if (picture !== undefined) this.#events.onPicture(job, picture, time)
    if ((job.awaited?.length ?? Infinity) <= (this.#whole ? HELD_BACK : 0) && !this.#ended) this.#finish(job)
  }

  #onStreamClock(time: PictureTime): PictureTime {
    const { ticks } = time
    if (ticks === undefined || !this.#rewritten) return time
    for (const job of [this.#answered, ...this.#jobs]) {
      const pts = job?.inspection?.ptsAt?.(ticks)
      if (pts !== undefined) return { ...time, ticks: pts }
    }
    return time
  }

  /** By the exact PTS, since segments of a loop repeat theirs; else by the clock; else what is next. */
  #findJob(time: PictureTime): SegmentJob | undefined {
    const pts = ptsOf(time)
    if (pts === undefined) return this.#jobs[0]
    // In a full decode the last pictures of a segment may come behind the first of the next one, which takes them over.
    if (this.#answered?.strike(pts) === true) return this.#whole ? this.#jobs[0] : undefined
    return this.#jobs.find((job) => job.strike(pts)) ?? this.#jobs.find((job) => job.covers(pts)) ?? this.#jobs[0]
  }

  /** Pictures come in order: when one of a later segment is here, the earlier ones are through. */
  #finishBefore(job: SegmentJob): void {
    for (let head = this.#jobs[0]; head !== undefined && head !== job; head = this.#jobs[0]) this.#finish(head)
  }

  #finish(job: SegmentJob, detail = ''): void {
    this.#drop(job)
    if (job.decoded > 0) this.#events.onDone(job)
    else if (this.#isBlind(job)) this.#events.onDone(job, { reason: 'no-keyframe', detail: this.#sayBlind() })
    else if (job.inspection === undefined && NOTHING_SEEN.test(detail))
      this.#events.onDone(job, { reason: 'no-keyframe', detail: 'read without an error, but no picture came' })
    else this.#events.onDone(job, { reason: 'decoder-failed', detail: detail || 'its keyframe gave no picture' })
  }

  #sayBlind(): string {
    return this.#whole ? 'no keyframe in it, and none in reach to begin at' : 'no keyframe in it'
  }

  #drop(job: SegmentJob): void {
    const wasHead = this.#jobs[0] === job
    this.#jobs = this.#jobs.filter((other) => other !== job)
    if (!wasHead) return
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
    if (head.decoded > 0 || this.#isBlind(head)) return this.#finish(head)
    this.#drop(head)
    this.#events.onUnanswered([head], { crashed: false, detail: 'held back' })
  }
}
