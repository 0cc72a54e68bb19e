import { topicName, topics, type Topic } from '@streamkeeper/contracts'
import type { EventLog } from '@streamkeeper/pipeline'
import type { Logger } from './logger.js'
import type { Part } from './parts.js'

/** Makes our topics when they are missing and says by name what differs in existing ones; closes the log at the stop. */
export function createLogPart(
  log: EventLog,
  { topicPrefix, logger }: { readonly topicPrefix: string; readonly logger: Logger },
): Part {
  return {
    name: 'event log',
    start: async () => {
      const specs = (Object.keys(topics) as Topic[]).map((topic) => ({
        ...topics[topic],
        name: topicName(topicPrefix, topic),
      }))
      for (const difference of await log.ensureTopics(specs))
        logger.warn({ ...difference }, 'topic differs from what we would make')
    },
    stop: () => log.close(),
  }
}
