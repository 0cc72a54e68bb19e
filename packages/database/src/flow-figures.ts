import type { AlarmKind, Tier } from '@streamkeeper/contracts'
import { sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Queries } from './database.js'

/** How the whole flow stands, for metrics. */
export interface FlowFigures {
  readonly liveStreams: number
  /** Open cases that wait for a person, by tier, and the age of the oldest in seconds; 0 when none waits. */
  readonly waitingCases: Readonly<Partial<Record<Tier, number>>>
  readonly oldestWaitingSeconds: number
  /** Commands that the platform has not answered. */
  readonly pendingCommands: number
  readonly openAlarms: Readonly<Partial<Record<AlarmKind, number>>>
  /** Milliseconds of stream covered since the time that was asked for: `looked`, or the reason why not. */
  readonly covered: Readonly<Record<string, number>>
}

/** Reads what is small or indexed by time only: asked every few seconds. */
export async function measureFlow({ orm }: Queries, since: Date, now: Date): Promise<FlowFigures> {
  const count = async (query: ReturnType<typeof sql>): Promise<Record<string, number>> => {
    const { rows } = await attempt(() => orm.execute<{ name: string; value: number }>(query))
    return Object.fromEntries(rows.map(({ name, value }) => [name, value]))
  }
  const [single, waitingCases, openAlarms, covered] = await Promise.all([
    count(sql`
      select 'live' name, count(*)::float8 value from streams where state = 'live'
      union all select 'pending', count(*) from commands where state in ('waiting', 'sent')
      union all select 'oldest', coalesce(extract(epoch from ${now.toISOString()}::timestamptz - min(opened_at)), 0)
        from cases where state = 'open'`),
    count(sql`select tier name, count(*)::float8 value from cases where state = 'open' group by tier`),
    count(
      sql`select kind name, count(*)::float8 value from alarms where ended_at is null and taken_by is null group by kind`,
    ),
    count(sql`
      select coalesce(c.reason, 'looked') name, sum(c.to_ms - c.from_ms)::float8 value
      from coverage c where c.at > ${since.toISOString()}::timestamptz group by 1`),
  ])
  return {
    liveStreams: single['live'] ?? 0,
    pendingCommands: single['pending'] ?? 0,
    oldestWaitingSeconds: Math.max(0, single['oldest'] ?? 0),
    waitingCases,
    openAlarms,
    covered,
  }
}
