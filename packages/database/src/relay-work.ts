import { sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Database } from './database.js'

/**
 * Whether there may be anything to relay: an event, a command whose time has come, a decided message. One question instead of the
 * ten of a round, since most rounds find nothing. What others hold locked counts too. Throws RetriableError while the database is away.
 */
export async function hasRelayWork({ orm }: Pick<Database, 'orm'>, now: Date): Promise<boolean> {
  const at = sql`${now.toISOString()}::timestamptz`
  const { rows } = await attempt(() =>
    orm.execute<{ has_work: boolean }>(sql`
      select exists (select 1 from outbox where published_at is null)
        or exists (select 1 from commands
          where state = 'waiting' and sequence is null and not_before <= ${at} and expires_at > ${at})
        or exists (select 1 from commands
          where sequence is not null and state in ('waiting', 'sent') and next_attempt_at <= ${at} and expires_at > ${at})
        or exists (select 1 from held_messages where state <> 'held' and published_at is null) as has_work`),
  )
  return rows[0]?.has_work === true
}
