import type { FloodLimits, TextMatch } from '@streamkeeper/contracts'
import { isRetriable, RetriableError } from '@streamkeeper/pipeline'
import type { EntryHits } from '@streamkeeper/redis'
import { withDeadline } from '@streamkeeper/runtime'
import { FloodBreaker } from '@streamkeeper/text'

/** Counts what entries hit, and holds back those that hit too much. */
export interface Floods {
  /**
   * Counts a message; answers the names of the entries among its hits that are held back. What was concluded first of a message
   * that would be blocked stays, so that a second copy of it gets the same verdict; while Redis is away it may get another.
   */
  judge(messageKey: string, matches: readonly TextMatch[]): Promise<ReadonlySet<string>>
  /** The names of the entries among the hits that this process holds back by itself, counted or not. */
  known(matches: readonly TextMatch[]): ReadonlySet<string>
  /** Hands the counts on to where all processes and people see them. */
  flush(): Promise<void>
}

/** What an entry is called in counts and alarms: its list, its label and itself. */
export function entryName({ lexicon, category, entry }: Pick<TextMatch, 'lexicon' | 'category' | 'entry'>): string {
  return `${lexicon?.name ?? 'policy'} ${category} ${entry}`
}

export interface FloodParts {
  readonly limits: FloodLimits
  /** From which severity on a hit blocks. */
  readonly blockFrom: number
  readonly hits: Pick<EntryHits, 'add' | 'hold' | 'keepFirst'>
  /** How long Redis is waited for, in milliseconds. */
  readonly deadlineMs: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

export function createFloods({ limits, blockFrom, hits, deadlineMs, now }: FloodParts): Floods {
  const breaker = new FloodBreaker(limits)
  let counted = new Map<string, number>()

  async function askFirst(messageKey: string, isHeld: boolean): Promise<boolean> {
    try {
      const asked = hits.keepFirst(messageKey, isHeld ? 'held' : 'free')
      return (await withDeadline(asked, deadlineMs, () => new RetriableError('no answer in time'))) === 'held'
    } catch (error) {
      if (!isRetriable(error)) throw error
      // Redis is away or slow: what this process knows holds. Neither word lets a message through.
      return isHeld
    }
  }

  return {
    judge: async (messageKey, matches) => {
      const names = [...new Set(matches.map(entryName))]
      for (const name of names) counted.set(name, (counted.get(name) ?? 0) + 1)
      const held = breaker.count(names, now())
      const blocking = matches.filter(({ severity }) => severity >= blockFrom).map(entryName)
      if (blocking.length === 0) return new Set(held)
      if (!(await askFirst(messageKey, held.length > 0))) return new Set()
      // After a restart the breaker knows nothing yet of what it held before.
      return new Set(held.length > 0 ? held : blocking)
    },
    known: (matches) => new Set(breaker.heldOf([...new Set(matches.map(entryName))], now())),
    flush: async () => {
      const batch = counted
      counted = new Map()
      const tripped = breaker.tripped(now())
      try {
        await hits.add(batch, now())
        if (tripped.length > 0) await hits.hold(tripped, now() + heldShownMs)
      } catch (error) {
        for (const [name, count] of batch) counted.set(name, (counted.get(name) ?? 0) + count)
        throw error
      }
    },
  }
}

/** Said again at each flush while it holds: a process that dies leaves no entry held for ever. */
const heldShownMs = 60_000
