import type { AccountUpdated, StreamClass } from '@streamkeeper/contracts'
import { sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Queries } from './database.js'

/** What says how often a stream should be looked at. */
export interface SamplingFacts {
  readonly streamId: string
  readonly class: StreamClass
  readonly tags: readonly string[]
  readonly viewers: number
  /** Undefined when the platform told nothing of the streamer's age. */
  readonly ageBand: AccountUpdated['ageBand']
  /** Decisions of people against the streamer's account, on any stream, that found a violation and stand. */
  readonly violations: number
  /** Event times of the last hit in chat and of the last report, in milliseconds; null when there was none since. */
  readonly chatHitMs: number | null
  readonly reportMs: number | null
}

export interface SamplingFactsQuestion {
  readonly streamIds: readonly string[]
  readonly violationsSince: Date
  readonly hitsSince: Date
}

type Row = {
  readonly stream_id: string
  readonly class: StreamClass
  readonly tags: readonly string[] | null
  readonly viewers: number
  readonly age_band: NonNullable<AccountUpdated['ageBand']> | null
  readonly violations: number
  readonly chat_ms: number | null
  readonly report_ms: number | null
}

/** The facts of those of the streams that were started, in no order. */
export async function readSamplingFacts(
  { orm }: Queries,
  { streamIds, violationsSince, hitsSince }: SamplingFactsQuestion,
): Promise<readonly SamplingFacts[]> {
  if (streamIds.length === 0) return []
  const { rows } = await attempt(() =>
    orm.execute<Row>(sql`
      select s.stream_id, s.class, s.tags, s.viewers, a.age_band, v.violations, h.chat_ms, h.report_ms
      from streams s left join accounts a on a.account_id = s.account_id,
      lateral (
        select count(*)::int violations from cases c join decisions d on d.case_id = c.case_id
        where c.account_id = s.account_id and d.decided_at > ${violationsSince.toISOString()}::timestamptz
          and d.action <> 'no-violation' and d.undone_at is null and d.decided_by ->> 'kind' = 'person') v,
      lateral (
        select (extract(epoch from max(p.at) filter (where p.lane = 'chat')) * 1000)::float8 chat_ms,
          (extract(epoch from max(p.at) filter (where p.lane = 'report')) * 1000)::float8 report_ms
        from policy_signals p
        where p.stream_id = s.stream_id and p.at > ${hitsSince.toISOString()}::timestamptz) h
      where s.stream_id in (${sql.join(
        streamIds.map((streamId) => sql`${streamId}`),
        sql`, `,
      )})`),
  )
  return rows.map(factsOf)
}

function factsOf({ stream_id, age_band, chat_ms, report_ms, tags, ...row }: Row): SamplingFacts {
  return {
    streamId: stream_id,
    class: row.class,
    tags: tags ?? [],
    viewers: row.viewers,
    ageBand: age_band ?? undefined,
    violations: row.violations,
    chatHitMs: chat_ms,
    reportMs: report_ms,
  }
}
