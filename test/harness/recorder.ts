import { topicName, topics, type Topic } from '@streamkeeper/contracts'
import { isFenced, isRetriable, type EventLog, type LogRecord, type Subscription } from '@streamkeeper/pipeline'
import { until } from '@streamkeeper/testkit'
import type { SinkRecord } from '../checker/types.js'

export const moderationTopics = (Object.keys(topics) as Topic[]).filter((topic) => topic.startsWith('moderation.'))

/** Reads topics from their first record on and keeps every record once, by its place. */
export class Recorder {
  readonly #log: EventLog
  readonly #prefix: string
  readonly #topics: readonly Topic[]
  readonly #records = new Map<string, SinkRecord>()
  #subscription: Subscription | null = null
  #failure: unknown = null

  constructor(log: EventLog, { prefix, topics }: { readonly prefix: string; readonly topics: readonly Topic[] }) {
    this.#log = log
    this.#prefix = prefix
    this.#topics = topics
  }

  async start(): Promise<void> {
    this.#subscription = await this.#log.subscribe({
      group: `${this.#prefix}test-recorder`,
      topics: this.#topics.map((topic) => topicName(this.#prefix, topic)),
      onBatch: async ({ records, assignment }) => {
        for (const record of records) this.#keep(record)
        const last = records.at(-1)
        if (last === undefined || !assignment.isCurrent()) return
        // While the log is away, or the partition moves, nothing is lost: what was not committed is read again.
        await assignment.commit(last.offset).catch((error: unknown) => {
          if (!isFenced(error) && !isRetriable(error)) throw error
        })
      },
    })
    // What reads shows a failure: see all().
    this.#subscription.ended.catch((error: unknown) => (this.#failure = error))
  }

  /** Throws when the reading has ended. */
  all(): readonly SinkRecord[] {
    if (this.#failure !== null) throw new Error('the recorder ended', { cause: this.#failure })
    return [...this.#records.values()]
  }

  on(topic: Topic): readonly SinkRecord[] {
    return this.all().filter((record) => record.topic === topic)
  }

  /** Everything that lies on the topics now; waits until it was read. */
  async caughtUp(withinMs = 60_000): Promise<readonly SinkRecord[]> {
    await until(async () => (await this.#behind()) === 0, { what: 'the recorder has read all', withinMs, everyMs: 200 })
    return this.all()
  }

  async stop(): Promise<void> {
    await this.#subscription?.stop()
  }

  async #behind(): Promise<number> {
    let there = 0
    for (const topic of this.#topics)
      for (const { first, end } of await this.#log.bounds(topicName(this.#prefix, topic))) there += Number(end - first)
    return there - this.#records.size
  }

  #keep(record: LogRecord): void {
    const topic = this.#strip(record.topic)
    const event = JSON.parse(record.value?.toString() ?? '{}') as Pick<SinkRecord, 'id' | 'type' | 'subject' | 'data'>
    const { partition } = record
    const offset = Number(record.offset)
    this.#records.set(`${topic}:${partition}:${offset}`, {
      topic,
      partition,
      offset,
      id: event.id,
      type: event.type,
      subject: event.subject,
      data:
        typeof event.data['topic'] === 'string'
          ? { ...event.data, topic: this.#strip(event.data['topic']) }
          : event.data,
    })
  }

  #strip(topic: string): string {
    return topic.startsWith(this.#prefix) ? topic.slice(this.#prefix.length) : topic
  }
}
