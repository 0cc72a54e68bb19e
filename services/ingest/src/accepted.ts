import { topicOf, type DecodedEvent, type Origin, type Topic } from '@streamkeeper/contracts'
import type { LogRecord } from '@streamkeeper/pipeline'

/** A record that passed the contract, with what every later step needs. */
export interface Incoming<Event extends DecodedEvent = DecodedEvent> {
  readonly event: Event
  readonly record: LogRecord
  readonly topic: Topic
  readonly origin: Origin
  /** Same for every reading of this record: `<topic>:<partition>:<offset>`. */
  readonly id: string
}

export type EventOfType<Type extends DecodedEvent['type']> = Extract<DecodedEvent, { type: Type }>

export function originOf(record: LogRecord, event: Pick<DecodedEvent, 'id' | 'source'>): Origin {
  const { topic, partition, offset, brokerAt } = record
  return {
    topic,
    partition,
    offset: String(offset),
    id: event.id,
    source: event.source,
    brokerAt: new Date(brokerAt).toISOString(),
  }
}

export function topicOfRecord(prefix: string, record: LogRecord): Topic {
  const topic = topicOf(prefix, record.topic)
  if (topic === null) throw new Error(`${record.topic} is no topic of ours`)
  return topic
}

/** Narrows by event type: the one place where the pair of event and type is taken apart. */
export function isOfType<Type extends DecodedEvent['type']>(
  incoming: Incoming,
  type: Type,
): incoming is Incoming<EventOfType<Type>> {
  return incoming.event.type === type
}
