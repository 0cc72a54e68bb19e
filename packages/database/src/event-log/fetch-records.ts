import type { LogRecord } from '@streamkeeper/pipeline'
import type pg from 'pg'

/** What one fetch carries at most, but for a single larger record. */
const fetchBytes = 8 * 1024 * 1024

interface RecordRow {
  readonly offset: string
  readonly key: string | null
  readonly value: Buffer | null
  readonly headers: Record<string, string>
  readonly broker_at: Date
}

/** Records of one partition from `from` on, in order, at most `limit` and about 8 MiB. */
export async function fetchRecords(
  pool: pg.Pool,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  from: bigint,
  limit: number,
): Promise<LogRecord[]> {
  const { rows } = await pool.query<RecordRow>(
    `with near as (
       select "offset", sum(coalesce(octet_length(value), 0)) over (order by "offset") - coalesce(octet_length(value), 0) as before
       from (select "offset", value from event_log.records
         where topic = $1 and partition = $2 and "offset" >= $3 order by "offset" limit $4) r)
     select r."offset", r.key, r.value, r.headers, r.broker_at
     from event_log.records r
     where r.topic = $1 and r.partition = $2 and r."offset" >= $3
       and r."offset" <= (select max(n."offset") from near n where n.before < $5)
     order by r."offset"`,
    [topic, partition, String(from), limit, fetchBytes],
  )
  return rows.map((row) => ({
    topic,
    partition,
    offset: BigInt(row.offset),
    key: row.key,
    value: row.value,
    headers: row.headers,
    brokerAt: row.broker_at.getTime(),
  }))
}
