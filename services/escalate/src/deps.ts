import type { Database } from '@streamkeeper/database'
import type { EventLog, ReviewQueue } from '@streamkeeper/pipeline'
import type { Policy } from '@streamkeeper/policy'
import type { Logger, SigningKey } from '@streamkeeper/runtime'

/** What the steps and loops work with. */
export interface Deps {
  readonly database: Database
  readonly log: EventLog
  readonly queue: ReviewQueue
  readonly policy: Policy
  readonly signingKey: SigningKey
  readonly logger: Logger
  readonly topicPrefix: string
  readonly alarm: (alarm: Alarm) => Promise<void>
  /** Told when rows were written that the relay should publish without waiting for its next round. */
  readonly wakeRelay: () => void
  readonly now: () => number
}

/** Something that a lead should know now. */
export interface Alarm {
  readonly kind: 'cut-disobeyed' | 'command-expired' | 'command-failed' | 'provisional-extended'
  readonly streamId: string
  readonly caseId: string | null
  readonly message: string
}
