import { listNeededEvidence, pruneCases, prunedRows, pruneRows } from '@streamkeeper/database'
import { oldestKept } from '@streamkeeper/policy'
import type { Deps } from './deps.js'

/** So many at once: a deletion must not hold up who writes. */
const rowsAtOnce = 5_000
const casesAtOnce = 200
const objectsAtOnce = 500

type CeilingDeps = Pick<Deps, 'database' | 'spool' | 'profile' | 'logger' | 'now'>

/** One round: second copies that are older than the profile's ceilings go. What the archive holds is not touched. */
export async function ceilingRound(deps: CeilingDeps, signal: AbortSignal): Promise<void> {
  const { database, profile, logger } = deps
  const now = new Date(deps.now())
  for (const what of prunedRows) {
    const before = what === 'sessions' ? now : oldestKept(profile, what, now)
    await repeat(signal, rowsAtOnce, () => pruneRows(database, what, before, rowsAtOnce))
  }
  const before = oldestKept(profile, 'cases', now)
  await repeat(signal, casesAtOnce, () => pruneCases(database, before, casesAtOnce))
  const isNeeded = (keys: readonly string[]) => listNeededEvidence(database, keys)
  const stills = await removeObjects(deps, signal, {
    prefix: 'evidence/',
    before: oldestKept(profile, 'evidence', now),
    isNeeded,
  })
  const rejected = await removeObjects(deps, signal, {
    prefix: 'rejected/',
    before: oldestKept(profile, 'rejected', now),
  })
  if (stills + rejected > 0)
    logger.info({ stills, rejected }, 'what is older than its ceiling was removed from the spool')
}

/** Until less is done than could have been. */
async function repeat(signal: AbortSignal, most: number, work: () => Promise<number>): Promise<void> {
  for (let done = most; done >= most;) {
    signal.throwIfAborted()
    done = await work()
  }
}

interface Removal {
  readonly prefix: string
  readonly before: Date
  /** Keys that must stay however old they are. Bytes that are seen again after so long keep their first time: cases count. */
  readonly isNeeded?: (keys: readonly string[]) => Promise<ReadonlySet<string>>
}

async function removeObjects(
  { spool, logger }: CeilingDeps,
  signal: AbortSignal,
  { prefix, before, isNeeded }: Removal,
): Promise<number> {
  let removed = 0
  let after: string | undefined
  for (;;) {
    signal.throwIfAborted()
    const page = await spool.list(prefix, objectsAtOnce, after)
    const old = page.filter(({ storedAt }) => storedAt < before).map(({ key }) => key)
    const needed = (await isNeeded?.(old)) ?? new Set()
    for (const key of old.filter((one) => !needed.has(one))) {
      const { outcome } = await spool.remove(key)
      if (outcome === 'refused') logger.error({ key }, 'the spool does not let go')
      else removed += 1
    }
    after = page.at(-1)?.key
    if (page.length < objectsAtOnce) return removed
  }
}
