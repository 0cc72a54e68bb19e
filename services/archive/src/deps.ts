import type { Database } from '@streamkeeper/database'
import type { EventLog, ObjectStore } from '@streamkeeper/pipeline'
import type { Profile } from '@streamkeeper/policy'
import type { Logger } from '@streamkeeper/runtime'

/** What the consumers and loops work with. */
export interface Deps {
  readonly database: Database
  readonly log: EventLog
  readonly spool: ObjectStore
  readonly archive: ObjectStore
  readonly profile: Profile
  readonly logger: Logger
  readonly topicPrefix: string
  readonly sealAfterMs: number
  readonly spoolKeepMs: number
  readonly now: () => number
}
