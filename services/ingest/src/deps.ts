import type { Database } from '@streamkeeper/database'
import type { EventLog, ObjectStore } from '@streamkeeper/pipeline'
import type { Policy } from '@streamkeeper/policy'
import type { Marks } from '@streamkeeper/redis'
import type { Logger } from '@streamkeeper/runtime'
import type { Media } from './open-media.js'
import type { StreamLookup } from './stream-lookup.js'

/** What the steps work with. */
export interface Deps {
  readonly database: Database
  readonly log: EventLog
  readonly spool: ObjectStore
  readonly marks: Marks
  readonly streams: StreamLookup
  readonly policy: Policy
  readonly logger: Logger
  readonly topicPrefix: string
  readonly media: Media
  readonly windowMs: number
  /** For how long an id that came in is known again. */
  readonly keepMarksMs: number
  readonly now: () => number
}
