import type { EncodedRecord } from '@streamkeeper/contracts'
import type { Database } from '@streamkeeper/database'
import type { DecoderPool } from '@streamkeeper/media'
import type { EventLog, InOrder, ObjectStore } from '@streamkeeper/pipeline'
import type { Policy } from '@streamkeeper/policy'
import type { Crowds, EntryHits } from '@streamkeeper/redis'
import type { Counter, Logger } from '@streamkeeper/runtime'
import type { Behaviour } from './behaviour.js'
import type { ChatMemory } from './chat-memory.js'
import type { Floods } from './floods.js'
import type { Gate } from './gate.js'
import type { PictureFloods } from './picture-floods.js'
import type { Coverage } from './lanes/coverage.js'
import type { Underway } from './lanes/underway.js'
import type { Lexicons } from './lexicons.js'
import type { Eyes } from './eyes.js'
import type { SaidBefore } from './said-before.js'
import type { Sampling } from './sampling/sampling.js'
import type { TextTimes } from './text-times.js'

/** What both lanes work with. */
export interface Deps {
  readonly database: Database
  readonly log: EventLog
  readonly spool: ObjectStore
  readonly policy: Policy
  readonly lexicons: Lexicons
  readonly chatMemory: ChatMemory
  readonly saidBefore: SaidBefore
  readonly behaviour: Behaviour
  readonly floods: Floods
  readonly pictureFloods: PictureFloods
  /** Counts that all processes share; null where the policy has no rule that needs them. */
  readonly counts: { readonly crowds: Crowds | null; readonly entryHits: EntryHits }
  readonly logger: Logger
  readonly topicPrefix: string
  readonly now: () => number
}

/** What the chat lane works with besides. */
export interface ChatDeps extends Deps {
  /** Verdicts and the signals of their hits, in the order of their stream. */
  readonly verdicts: InOrder<readonly EncodedRecord[]>
  /** Counts the messages that got the fallback of the policy, by its reason. */
  readonly fallbacks: Pick<Counter<'reason'>, 'inc'>
}

/** What the media lane works with besides. `eyes` is null while a model is refused: nothing is looked at then. */
export interface MediaDeps extends Deps {
  readonly decoders: DecoderPool
  readonly coverage: Coverage
  readonly underway: Underway
  readonly sampling: Sampling
  readonly gate: Gate
  readonly textTimes: TextTimes
  readonly eyes: Eyes | null
}
