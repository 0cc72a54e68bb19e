import { decodeRecord, topicOf, type DecodedEvent } from '@streamkeeper/contracts'
import { dlq, ok, type LogRecord, type Outcome } from '@streamkeeper/pipeline'

export const source = '/streamkeeper/screen'

/** Our own topics are checked like anybody's: what does not fit is poison, not a crash. */
export function decodeOwn(topicPrefix: string, record: LogRecord): Outcome<DecodedEvent> {
  const topic = topicOf(topicPrefix, record.topic)
  if (topic === null) throw new Error(`${record.topic} is no topic of ours`)
  const decoded = decodeRecord(topic, record)
  return 'rejection' in decoded ? dlq(decoded.rejection.code, decoded.rejection.message) : ok(decoded.event)
}
