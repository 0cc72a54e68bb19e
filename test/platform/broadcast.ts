import { readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { encodeEvent, encodeInlineSegment, type StreamClass } from '@streamkeeper/contracts'
import type { EventLog } from '@streamkeeper/pipeline'
import type { Clip } from './clips.js'

export interface BroadcastOptions {
  readonly log: EventLog
  readonly topicPrefix: string
  readonly streamId: string
  readonly accountId: string
  readonly nickname: string
  readonly title: string
  readonly streamClass: StreamClass
  /** Played one after the other; the last one again and again. */
  readonly clips: readonly Clip[]
  /** How the bytes travel. */
  readonly media: 'inline' | 'file'
}

const source = '/test-platform'
const firstViewers = 40

/** One live stream of the platform: announces it, publishes its segments at their times, and ends it. */
export class Broadcast {
  readonly #options: BroadcastOptions
  #sequence = 0
  #streamTimeMs = 0
  #isOnAir = false
  #loop: Promise<void> = Promise.resolve()
  #wake = (): void => undefined

  constructor(options: BroadcastOptions) {
    this.#options = options
  }

  get streamId(): string {
    return this.#options.streamId
  }

  get isOnAir(): boolean {
    return this.#isOnAir
  }

  async start(): Promise<void> {
    const { accountId, nickname, title, streamClass } = this.#options
    const at = new Date()
    await this.#send('live.account.updated', accountId, {
      accountId,
      realName: 'verified',
      updatedAt: at.toISOString(),
      ageBand: 'adult',
      licences: [],
    })
    await this.#send('live.session.started', this.streamId, {
      streamId: this.streamId,
      streamer: { accountId, nickname },
      title,
      class: streamClass,
      ingest: { address: '192.0.2.10', port: 40_000 },
      startedAt: at.toISOString(),
      viewers: firstViewers,
    })
    this.#isOnAir = true
    this.#loop = this.#play()
  }

  /** Stops sending and says why; what is on the way arrives before the end. */
  async end(reason: 'normal' | 'cut'): Promise<void> {
    if (!this.#isOnAir) return
    this.#isOnAir = false
    this.#wake()
    await this.#loop
    await this.#send('live.session.ended', this.streamId, {
      streamId: this.streamId,
      endedAt: new Date().toISOString(),
      reason,
    })
  }

  async #play(): Promise<void> {
    const startedAt = Date.now()
    for (let round = 0; this.#isOnAir; round += 1) {
      const clip = this.#options.clips[Math.min(round, this.#options.clips.length - 1)]
      if (clip === undefined) return
      for (const [index, segment] of clip.segments.entries()) {
        if (!this.#isOnAir) return
        await this.#publishSegment(segment, index === 0 && round > 0)
        await this.#pauseUntil(startedAt + this.#streamTimeMs)
      }
      await this.#heartbeat(round)
    }
  }

  async #publishSegment(segment: Clip['segments'][number], isCut: boolean): Promise<void> {
    const { log, topicPrefix, media } = this.#options
    const { path, durationMs, mediaType, size, sha256 } = segment
    const id = `${this.streamId}:${this.#sequence}`
    const fields = {
      streamId: this.streamId,
      sequence: this.#sequence,
      streamTimeMs: this.#streamTimeMs,
      durationMs,
      mediaType,
      sha256,
      // Each clip has its own clock: the decoder is told where a new one begins.
      ...(isCut ? { discontinuity: true } : {}),
    }
    const event = { id, source, subject: this.streamId, time: new Date() }
    const record =
      media === 'inline'
        ? encodeInlineSegment(topicPrefix, { ...event, data: fields }, await readFile(path))
        : encodeEvent(topicPrefix, {
            ...event,
            type: 'live.segment.published',
            data: { ...fields, size, url: pathToFileURL(path).href },
          })
    await log.publish([record])
    this.#sequence += 1
    this.#streamTimeMs += durationMs
  }

  /** Viewers rise and fall. */
  async #heartbeat(round: number): Promise<void> {
    const viewers = Math.round(firstViewers * (1 + Math.sin(round / 3)) + round)
    await this.#send('live.session.heartbeat', this.streamId, { streamId: this.streamId, viewers })
  }

  async #send<Type extends Parameters<typeof encodeEvent>[1]['type']>(
    type: Type,
    subject: string,
    data: Parameters<typeof encodeEvent<Type>>[1]['data'],
  ): Promise<void> {
    const time = new Date()
    const id = `${subject}:${type.slice('live.'.length)}:${time.getTime()}`
    await this.#options.log.publish([encodeEvent(this.#options.topicPrefix, { type, id, source, subject, time, data })])
  }

  #pauseUntil(at: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, at - Date.now()))
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
