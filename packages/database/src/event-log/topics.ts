import type { TopicDifference, TopicSpec } from '@streamkeeper/pipeline'
import type pg from 'pg'

interface TopicRow {
  readonly name: string
  readonly partitions: number
  readonly max_record_bytes: string
  readonly retention_ms: string
}

/** Makes missing topics with their heads; says what differs in existing ones and changes nothing. */
export async function makeTopics(pool: pg.Pool, specs: readonly TopicSpec[]): Promise<TopicDifference[]> {
  const differences: TopicDifference[] = []
  for (const { name, partitions, maxRecordBytes, retentionMs } of specs) {
    const found = await findTopic(pool, name)
    if (found !== null) {
      differences.push(...compare({ name, partitions, maxRecordBytes, retentionMs }, found))
      continue
    }
    // One statement: a topic without its heads is never seen.
    await pool.query(
      `with made as (
         insert into event_log.topics values ($1, $2, $3, $4) on conflict do nothing returning name, partitions)
       insert into event_log.heads (topic, partition)
       select name, n from made, generate_series(0, partitions - 1) n`,
      [name, partitions, maxRecordBytes, retentionMs],
    )
  }
  return differences
}

export async function findTopic(pool: pg.Pool, name: string): Promise<TopicSpec | null> {
  const { rows } = await pool.query<TopicRow>('select * from event_log.topics where name = $1', [name])
  const [row] = rows
  if (row === undefined) return null
  const { partitions, max_record_bytes: bytes, retention_ms: retention } = row
  return { name, partitions, maxRecordBytes: Number(bytes), retentionMs: Number(retention) }
}

function compare(spec: TopicSpec, found: TopicSpec): TopicDifference[] {
  const settings = ['partitions', 'maxRecordBytes', 'retentionMs'] as const
  return settings
    .filter((setting) => spec[setting] !== found[setting])
    .map((setting) => ({
      topic: spec.name,
      setting,
      expected: String(spec[setting]),
      found: String(found[setting]),
    }))
}
