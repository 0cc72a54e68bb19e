import { coverStretch, listCoverage, type Database, type NewStretch, type StretchRow } from '@streamkeeper/database'

/** What was looked at of each stream, and why the rest was not. */
export interface Coverage {
  /** Covers what of the stretch was not covered yet, and gives all stretches of its cause. */
  cover(stretch: NewStretch, at: Date): Promise<readonly StretchRow[]>
  list(streamId: string): Promise<readonly StretchRow[]>
}

export function createCoverage(database: Database): Coverage {
  return {
    cover: (stretch, at) => coverStretch(database, stretch, at),
    list: (streamId) => listCoverage(database, streamId),
  }
}
