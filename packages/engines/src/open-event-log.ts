import { createPostgresEventLog } from '@streamkeeper/database/event-log'
import { createKafkaEventLog } from '@streamkeeper/kafka'
import type { EventLog } from '@streamkeeper/pipeline'
import type { ConfigOf, eventLogSettings } from '@streamkeeper/runtime'
import { kafkaOptions } from './engine-options.js'

export type EventLogConfig = ConfigOf<typeof eventLogSettings>

export interface EventLogUser {
  /** How the log knows us: the name of the service or tool. */
  readonly clientId: string
  readonly logger?: EventLogLogger
}

export interface EventLogLogger {
  debug(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** The event log that STREAMKEEPER_EVENT_LOG names. Nothing connects before the first call. */
export function openEventLog(config: EventLogConfig, { clientId, logger }: EventLogUser): EventLog {
  const heard = logger === undefined ? {} : { logger }
  if (config.eventLog === 'postgres') return createPostgresEventLog({ url: config.databaseUrl, ...heard })
  return createKafkaEventLog({ ...kafkaOptions(config), clientId, ...heard })
}
