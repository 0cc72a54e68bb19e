import type { Database } from '@streamkeeper/database'
import type { Classifier } from '@streamkeeper/inference'
import type { DecoderPool } from '@streamkeeper/media'
import type { EventLog, ObjectStore } from '@streamkeeper/pipeline'
import type { Policy } from '@streamkeeper/policy'
import type { Logger } from '@streamkeeper/runtime'
import type { ChatMemory } from './chat-memory.js'
import type { Lexicons } from './lexicons.js'

/** What both lanes work with. */
export interface Deps {
  readonly database: Database
  readonly log: EventLog
  readonly spool: ObjectStore
  readonly policy: Policy
  readonly lexicons: Lexicons
  readonly chatMemory: ChatMemory
  readonly logger: Logger
  readonly topicPrefix: string
  readonly now: () => number
}

/** What the media lane works with besides. `classifiers` is null while a model is refused: nothing is looked at then. */
export interface MediaDeps extends Deps {
  readonly decoders: DecoderPool
  readonly classifiers: readonly Classifier[] | null
}
