import { topicName, type Topic } from '@streamkeeper/contracts'
import {
  consume,
  createDeadLetter,
  type ConsumeOptions,
  type EventLog,
  type ObjectStore,
  type SpoolRejected,
} from '@streamkeeper/pipeline'
import { createConsumerPart, type ConsumerPart } from './consumer-part.js'
import type { Logger } from './logger.js'
import type { Metrics } from './metrics.js'
import type { Part } from './parts.js'
import { pipelineObserver } from './pipeline-observer.js'
import { createWatchdog } from './watchdog.js'

/** What every lane of a service works with. */
export interface LaneDeps {
  readonly log: EventLog
  readonly topicPrefix: string
  readonly logger: Logger
  readonly metrics: Metrics
  readonly now: () => number
}

export interface LaneOptions {
  /** Also the consumer group, behind the topic prefix: `streamkeeper-<name>`. */
  readonly name: string
  readonly topics: readonly Topic[]
  /** CloudEvents source of what the lane rejects. */
  readonly source: string
  readonly process: ConsumeOptions['process']
  readonly maxInFlight: number
  readonly maxInFlightBytes: number
  /** For lanes that may be late by so many milliseconds: records come in few, large batches. */
  readonly gatherMs?: number
  /** Where large rejected records go. Without one the lane reads records of our own alone, which are never that large. */
  readonly spool?: ObjectStore
}

export interface Lane {
  readonly group: string
  readonly topics: readonly string[]
  readonly part: ConsumerPart
  readonly watchdog: Part
}

/** One consumer of a service: reads topics, runs the process, sends what it rejects to the dead-letter topic; and its watchdog. */
export function createLane(deps: LaneDeps, options: LaneOptions): Lane {
  const { log, topicPrefix, logger, metrics, now } = deps
  const { name, source, spool, process, maxInFlight, maxInFlightBytes, gatherMs } = options
  const gather = gatherMs === undefined ? {} : { gatherMs }
  const topics = options.topics.map((topic) => topicName(topicPrefix, topic))
  const group = groupName(topicPrefix, name)
  const observer = pipelineObserver(metrics, logger)
  const deadLetter = createDeadLetter({ log, topicPrefix, source, now, spool: keepRejected(spool) })
  const part = createConsumerPart(name, () =>
    consume({ log, group, topics, maxInFlight, maxInFlightBytes, process, deadLetter, observer, ...gather }),
  )
  const watchdog = createWatchdog({ log, group, topics, logger, metrics, stats: () => part.stats() })
  return { group, topics, part, watchdog }
}

/** The consumer group of a lane. */
export function groupName(topicPrefix: string, name: string): string {
  return `${topicPrefix}streamkeeper-${name}`
}

function keepRejected(spool: ObjectStore | undefined): SpoolRejected {
  if (spool === undefined) return () => Promise.reject(new Error('a record of ours is never that large'))
  return async (bytes, { sha256 }) => {
    const key = `rejected/${sha256}`
    await spool.put(key, bytes, { contentType: 'application/octet-stream', ifAbsent: true })
    return { key, sha256, size: bytes.length }
  }
}
