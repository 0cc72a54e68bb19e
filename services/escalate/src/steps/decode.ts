import { decodeRecord, topicOf, type DecodedEvent } from '@streamkeeper/contracts'
import { dlq, ok, type LogRecord, type Step } from '@streamkeeper/pipeline'

export interface Decoded {
  readonly event: DecodedEvent
  readonly record: LogRecord
}

/** Our own topics are checked like anybody's: what does not fit is poison, not a crash. */
export function createDecodeStep(topicPrefix: string): Step<LogRecord, Decoded> {
  return {
    name: 'decode',
    run: async (record) => {
      const topic = topicOf(topicPrefix, record.topic)
      if (topic === null) throw new Error(`${record.topic} is no topic of ours`)
      const decoded = decodeRecord(topic, record)
      return 'rejection' in decoded
        ? dlq(decoded.rejection.code, decoded.rejection.message)
        : ok({ event: decoded.event, record })
    },
  }
}
