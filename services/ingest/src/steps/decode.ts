import { decodeRecord } from '@streamkeeper/contracts'
import { dlq, ok, type LogRecord, type Step } from '@streamkeeper/pipeline'
import { originOf, topicOfRecord, type Incoming } from '../accepted.js'
import type { Deps } from '../deps.js'
import { checkLimits } from './check-limits.js'

/** Checks a record against the contract and the limits that the broker's clock decides. */
export function createDecodeStep({ topicPrefix }: Pick<Deps, 'topicPrefix'>): Step<LogRecord, Incoming> {
  return {
    name: 'decode',
    run: async (record) => {
      const topic = topicOfRecord(topicPrefix, record)
      const decoded = decodeRecord(topic, record)
      if ('rejection' in decoded) return dlq(decoded.rejection.code, decoded.rejection.message)
      const { event } = decoded
      const limits = checkLimits(event, record.brokerAt)
      if (limits.kind !== 'ok') return limits
      return ok({
        event,
        record,
        topic,
        origin: originOf(record, event),
        id: `${topic}:${record.partition}:${record.offset}`,
      })
    },
  }
}
