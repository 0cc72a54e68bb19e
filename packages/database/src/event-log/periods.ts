import type pg from 'pg'

const dayMs = 24 * 60 * 60 * 1000
const secondMs = 1_000
/** Into so many tables a topic's time is cut: what is too old goes a seventh at a time, and a fetch looks at few tables. */
const periodsKept = 7
/** Tables that are made before they begin. */
const ahead = 2

/** How long a table of records lasts: a seventh of what the topics keep, at most a day; null before there is a topic. */
async function periodMs(pool: pg.Pool): Promise<number | null> {
  const keep = await longestRetention(pool)
  if (keep === null) return null
  return Math.min(dayMs, Math.max(secondMs, Math.ceil(keep / periodsKept / secondMs) * secondMs))
}

/** Makes the tables of now and the next periods; one process at a time. Gives the period; null, and no table, before there is a topic. */
export async function makePeriods(pool: pg.Pool, now: Date): Promise<number | null> {
  const period = await periodMs(pool)
  if (period === null) return null
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query(`select pg_advisory_xact_lock(hashtextextended('event_log periods', 4))`)
    const until = now.getTime() + ahead * period
    for (let from = await findStart(client, now, period); from < until;) {
      const to = Math.floor(from / period) * period + period
      await client.query(`create table event_log.${tableOf(from, to)} partition of event_log.records
        for values from ('${new Date(from).toISOString()}') to ('${new Date(to).toISOString()}')`)
      from = to
    }
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
  return period
}

/** Drops the tables that no topic keeps any more, and moves the first offsets. Gives the names of what was dropped. */
export async function dropPeriods(pool: pg.Pool, now: Date): Promise<string[]> {
  const keep = await longestRetention(pool)
  if (keep === null) return []
  const oldest = new Date(now.getTime() - keep)
  const dropped = (await findPeriods(pool)).filter(({ to }) => to <= oldest).map(({ name }) => name)
  for (const name of dropped) await pool.query(`drop table if exists event_log.${name}`)
  const others = await pool.query('delete from event_log.records_other where broker_at < $1', [oldest])
  if (dropped.length > 0 || (others.rowCount ?? 0) > 0)
    await pool.query(`update event_log.heads h set first_offset = coalesce(
      (select min(r."offset") from event_log.records r where r.topic = h.topic and r.partition = h.partition), h.next_offset)`)
  return dropped
}

/** Where the next table begins; never, while what is newer lies in records_other already: no table may be made over it. */
async function findStart(queries: Pick<pg.Pool, 'query'>, now: Date, period: number): Promise<number> {
  const last = (await findPeriods(queries)).at(-1)?.to.getTime()
  const aligned = Math.floor(now.getTime() / period) * period
  const soon = now.getTime() + secondMs
  // After the last table ended, or before there was one, records came into records_other: then it begins a little later.
  const wanted = last === undefined ? [aligned, soon] : [last > now.getTime() ? last : soon]
  for (const from of wanted) if (!(await hasOthersSince(queries, new Date(from)))) return from
  return Number.POSITIVE_INFINITY
}

interface Period {
  readonly name: string
  readonly to: Date
}

/** The tables there are, oldest first. */
async function findPeriods(queries: Pick<pg.Pool, 'query'>): Promise<Period[]> {
  const { rows } = await queries.query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'event_log.records'::regclass and c.relname ~ '^records_[0-9]+_[0-9]+$'`,
  )
  return rows
    .map(({ name }) => ({ name, to: new Date(Number(name.split('_')[2])) }))
    .sort((a, b) => a.to.getTime() - b.to.getTime())
}

async function hasOthersSince(queries: Pick<pg.Pool, 'query'>, from: Date): Promise<boolean> {
  const { rows } = await queries.query('select 1 from event_log.records_other where broker_at >= $1 limit 1', [from])
  return rows.length > 0
}

async function longestRetention(pool: pg.Pool): Promise<number | null> {
  const { rows } = await pool.query<{ keep: string | null }>('select max(retention_ms) as keep from event_log.topics')
  const keep = rows[0]?.keep ?? null
  return keep === null ? null : Number(keep)
}

function tableOf(from: number, to: number): string {
  return `records_${from}_${to}`
}
