import { topicName, topics, type Topic } from '@streamkeeper/contracts'
import type { EventLog } from '@streamkeeper/pipeline'
import type { Logger } from './logger.js'
import type { Part } from './parts.js'

export interface LogPartOptions {
  readonly topicPrefix: string
  /** For topics that are made; not given: what the contract says of each. */
  readonly logRetentionMs?: number | undefined
}

/** Makes our topics when they are missing and says by name what differs in existing ones; closes the log at the stop. */
export function createLogPart(log: EventLog, { topicPrefix, logRetentionMs }: LogPartOptions, logger: Logger): Part {
  return {
    name: 'event log',
    start: async () => {
      const specs = (Object.keys(topics) as Topic[]).map((topic) => ({
        ...topics[topic],
        ...(logRetentionMs === undefined ? {} : { retentionMs: logRetentionMs }),
        name: topicName(topicPrefix, topic),
      }))
      for (const difference of await log.ensureTopics(specs))
        logger.warn({ ...difference }, 'topic differs from what we would make')
    },
    stop: () => log.close(),
  }
}
