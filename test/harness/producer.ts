import { setTimeout as pause } from 'node:timers/promises'
import type { EventLog } from '@streamkeeper/pipeline'
import type { SentEvent } from '../checker/types.js'
import type { Outgoing } from './live-events.js'

/** A platform's side: publishes and keeps what was acknowledged, as the checker needs it. */
export class Producer {
  readonly sent: SentEvent[] = []
  readonly #log: EventLog
  readonly #prefix: string

  constructor(log: EventLog, prefix: string) {
    this.#log = log
    this.#prefix = prefix
  }

  /** Publishes once; when the log does not answer, whether it was stored stays unknown. */
  async send(...events: readonly Outgoing[]): Promise<readonly SentEvent[]> {
    return this.#publish(events).catch((): readonly SentEvent[] =>
      this.#keep(events.map(({ about }) => ({ ...about, ack: 'unknown' }))),
    )
  }

  /** Publishes again and again until it is acknowledged, as a platform that keeps its events does; returns how often. */
  async sendUntilTaken(events: readonly Outgoing[], withinMs: number): Promise<number> {
    const deadline = Date.now() + withinMs
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#publish(events)
        return attempt
      } catch (error) {
        if (Date.now() > deadline) throw error
        await pause(250)
      }
    }
  }

  async #publish(events: readonly Outgoing[]): Promise<readonly SentEvent[]> {
    const positions = await this.#log.publish(events.map((event) => event.record))
    return this.#keep(
      events.map(({ about }, index) => {
        const at = positions[index]
        if (at === undefined) throw new Error(`${about.id} was acknowledged without a position`)
        const topic = at.topic.slice(this.#prefix.length)
        return { ...about, ack: 'acknowledged' as const, position: `${topic}:${at.partition}:${at.offset}` }
      }),
    )
  }

  #keep(events: readonly SentEvent[]): readonly SentEvent[] {
    this.sent.push(...events)
    return events
  }
}
