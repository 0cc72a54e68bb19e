import type pg from 'pg'

const dayMs = 24 * 60 * 60 * 1000
/** Days that are made before they begin. */
const ahead = 2

/** Makes the tables of today and the next days; one process at a time. */
export async function makeDays(pool: pg.Pool, now: Date): Promise<void> {
  for (let more = 0; more <= ahead; more += 1) {
    const from = startOf(new Date(now.getTime() + more * dayMs))
    const to = new Date(from.getTime() + dayMs)
    await pool.query(`do $$ begin
      perform pg_advisory_xact_lock(hashtextextended('event_log days', 4));
      if to_regclass('event_log.${tableOf(from)}') is null then
        create table event_log.${tableOf(from)} partition of event_log.records
          for values from ('${from.toISOString()}') to ('${to.toISOString()}');
      end if;
    end $$`)
  }
}

/** Drops the tables of days that no topic keeps any more, and moves the first offsets. Gives the names of what was dropped. */
export async function dropDays(pool: pg.Pool, now: Date): Promise<string[]> {
  const { rows } = await pool.query<{ keep: string | null }>('select max(retention_ms) as keep from event_log.topics')
  const keep = rows[0]?.keep ?? null
  if (keep === null) return []
  // A day is over when its last record is too old.
  const oldest = tableOf(startOf(new Date(now.getTime() - Number(keep))))
  const days = await pool.query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'event_log.records'::regclass and c.relname ~ '^records_[0-9]{8}$' and c.relname < $1
     order by 1`,
    [oldest],
  )
  const dropped = days.rows.map((row) => row.name)
  for (const name of dropped) await pool.query(`drop table if exists event_log.${name}`)
  if (dropped.length > 0)
    await pool.query(`update event_log.heads h set first_offset = coalesce(
      (select min(r."offset") from event_log.records r where r.topic = h.topic and r.partition = h.partition), h.next_offset)`)
  return dropped
}

function startOf(time: Date): Date {
  return new Date(Math.floor(time.getTime() / dayMs) * dayMs)
}

function tableOf(day: Date): string {
  return `records_${day.toISOString().slice(0, 10).replaceAll('-', '')}`
}
