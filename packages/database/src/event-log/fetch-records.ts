import type { LogRecord } from '@streamkeeper/pipeline'
import type pg from 'pg'

/** What one fetch carries at most, but for a single larger record. */
const fetchBytes = 8 * 1024 * 1024

/** Where to read on. */
export interface ReadingPlace {
  readonly topic: string
  readonly partition: number
  readonly position: bigint
}

interface RecordRow {
  readonly place: number
  readonly offset: string
  readonly key: string | null
  readonly value: Buffer | null
  readonly headers: Record<string, string>
  readonly broker_at: Date
}

/** The size is asked for before the bytes: a value that lies outside of its row is read only when it is carried. */
const statement = `with asked as (
    select * from unnest($1::text[], $2::int[], $3::bigint[]) with ordinality as a(topic, partition, start, place)),
  near as (
    select a.place, r."offset", r.size, sum(r.size) over (order by a.place, r."offset") - r.size as before
    from asked a cross join lateral (
      select "offset", coalesce(octet_length(value), 0) as size from event_log.records
      where topic = a.topic and partition = a.partition and "offset" >= a.start order by "offset" limit $4) r),
  reach as (select place, max("offset") as last from near where before < $5 group by place)
  select a.place::int, r."offset", r.key, r.value, r.headers, r.broker_at
  from reach e join asked a using (place) cross join lateral (
    select * from event_log.records
    where topic = a.topic and partition = a.partition and "offset" between a.start and e.last) r
  order by a.place, r."offset"`

/**
 * Records of several partitions, each from its position on and in order: at most `limit` a partition and about 8 MiB together.
 * Answers for each place; null for one that the bytes of those before it left nothing for.
 */
export async function fetchRecords(
  pool: pg.Pool,
  places: readonly ReadingPlace[],
  limit: number,
): Promise<readonly (LogRecord[] | null)[]> {
  const { rows } = await pool.query<RecordRow>({
    // With a name it is planned once a connection: over a week of tables that costs more than the reading.
    name: 'event_log.fetch',
    text: statement,
    values: [
      places.map(({ topic }) => topic),
      places.map(({ partition }) => partition),
      places.map(({ position }) => String(position)),
      limit,
      fetchBytes,
    ],
  })
  const found: LogRecord[][] = places.map(() => [])
  let bytes = 0
  for (const row of rows) {
    const place = places[row.place - 1]
    if (place === undefined) throw new Error(`place ${row.place} of ${places.length} was answered for`)
    found[row.place - 1]?.push(recordOf(place, row))
    bytes += row.value?.length ?? 0
  }
  const isFull = bytes >= fetchBytes
  return found.map((records) => (records.length === 0 && isFull ? null : records))
}

function recordOf({ topic, partition }: ReadingPlace, row: RecordRow): LogRecord {
  const { key, value, headers } = row
  return { topic, partition, offset: BigInt(row.offset), key, value, headers, brokerAt: row.broker_at.getTime() }
}
