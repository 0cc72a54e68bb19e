import type { Database } from '@streamkeeper/database'
import type { EventLog, ObjectStore, ReviewQueue } from '@streamkeeper/pipeline'
import type { Policy } from '@streamkeeper/policy'
import type { EntryHits } from '@streamkeeper/redis'
import type { KeyRing, Logger } from '@streamkeeper/runtime'
import type { Alarms } from './alarms.js'

/** What the steps and loops work with. */
export interface Deps {
  readonly database: Database
  readonly log: EventLog
  readonly queue: ReviewQueue
  readonly policy: Policy
  readonly keys: KeyRing
  readonly logger: Logger
  readonly topicPrefix: string
  /** Only asked whether it answers. */
  readonly store: ObjectStore
  readonly alarms: Alarms
  /** Entries of word lists that hit too much. */
  readonly entryHits: Pick<EntryHits, 'held' | 'close'>
  /** Engines that are asked whether they answer, by name. */
  readonly engines: Readonly<Record<string, () => Promise<void>>>
  /** For how long the log keeps its records, in milliseconds. */
  readonly logRetentionMs: number
  /** Told when rows were written that the relay should publish without waiting for its next round. */
  readonly wakeRelay: () => void
  readonly now: () => number
}
