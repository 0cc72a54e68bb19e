import type { FloodLimits, TextMatch } from '@streamkeeper/contracts'
import type { EntryHits } from '@streamkeeper/redis'
import { FloodBreaker } from '@streamkeeper/text'

/** Counts what entries hit, and holds back those that hit too much. */
export interface Floods {
  /** Counts a message; answers the names of the entries among its hits that are held back. */
  count(matches: readonly TextMatch[]): ReadonlySet<string>
  /** Hands the counts on to where all processes and people see them. */
  flush(): Promise<void>
}

/** What an entry is called in counts and alarms: its list, its label and itself. */
export function entryName({ lexicon, category, entry }: Pick<TextMatch, 'lexicon' | 'category' | 'entry'>): string {
  return `${lexicon?.name ?? 'policy'} ${category} ${entry}`
}

/** `now` in milliseconds. */
export function createFloods(limits: FloodLimits, hits: Pick<EntryHits, 'add' | 'hold'>, now: () => number): Floods {
  const breaker = new FloodBreaker(limits)
  let counted = new Map<string, number>()
  return {
    count: (matches) => {
      const names = [...new Set(matches.map(entryName))]
      for (const name of names) counted.set(name, (counted.get(name) ?? 0) + 1)
      return new Set(breaker.count(names, now()))
    },
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
