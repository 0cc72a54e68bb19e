import type { Jwks } from '@streamkeeper/contracts'
import type { Database } from '@streamkeeper/database'
import type { ObjectStore, ReviewQueue } from '@streamkeeper/pipeline'
import type { Policy } from '@streamkeeper/policy'
import type { Histogram, Logger } from '@streamkeeper/runtime'

/** What the routes work with. */
export interface Deps {
  readonly database: Database
  readonly queue: ReviewQueue
  readonly spool: ObjectStore
  readonly policy: Policy
  readonly publicKeys: () => Promise<Jwks>
  /** Whether the archive's retention has legal force: said on the page. */
  readonly archive: 'locked' | 'unlocked'
  readonly localToken: string | null
  /** Where the service's own health server listens; null before it starts. */
  readonly healthAddress: () => string | null
  readonly requestSeconds: Histogram<'method' | 'route' | 'status'>
  readonly logger: Logger
  readonly now: () => Date
}
