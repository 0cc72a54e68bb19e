import { sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Queries } from './database.js'

export interface UnscreenedStream {
  readonly streamId: string
  /** Whether segments of it arrived since the time that was asked for. */
  readonly hasMedia: boolean
}

/** Streams that are live since before a time and of which nothing was looked at since; a picture that the gate saved had its look. */
export async function listUnscreened(
  { orm }: Queries,
  since: Date,
  limit: number,
): Promise<readonly UnscreenedStream[]> {
  const from = since.toISOString()
  const { rows } = await attempt(() =>
    orm.execute<{ stream_id: string; has_media: boolean }>(sql`
      select s.stream_id, coalesce(s.last_media_at > ${from}::timestamptz, false) has_media from streams s
      where s.state = 'live' and s.started_at < ${from}::timestamptz and s.stream_id not in (
        select c.stream_id from coverage c where c.at > ${from}::timestamptz and (c.state = 'looked' or c.reason = 'gate'))
      order by s.stream_id limit ${limit}`),
  )
  return rows.map(({ stream_id: streamId, has_media: hasMedia }) => ({ streamId, hasMedia }))
}

/** Stretches of all streams that were covered since a time, and how many of them the decoder failed on. */
export async function countDecoderFailures(
  { orm }: Queries,
  since: Date,
): Promise<{ readonly stretches: number; readonly failed: number }> {
  const { rows } = await attempt(() =>
    orm.execute<{ stretches: number; failed: number }>(sql`
      select count(*)::int stretches, (count(*) filter (where c.reason = 'decoder-failed'))::int failed
      from coverage c where c.at > ${since.toISOString()}::timestamptz`),
  )
  return rows[0] ?? { stretches: 0, failed: 0 }
}
