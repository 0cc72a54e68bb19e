import { Gatherer } from '@streamkeeper/pipeline'
import type pg from 'pg'
import { attempt } from '../attempt.js'

export interface PartitionCommit {
  readonly topic: string
  readonly partition: number
  readonly generation: number
  /** Next offset to read; null keeps the position. */
  readonly next: bigint | null
  readonly note: string | null
}

/** The commits of one member: one statement, and one write to the disk, for many partitions. */
export class GroupCommits {
  readonly #commits: Gatherer<PartitionCommit, boolean>

  constructor(pool: pg.Pool, member: { readonly group: string; readonly memberId: string }) {
    this.#commits = new Gatherer((commits) => store(pool, member, commits))
  }

  /** True when it is stored, false when somebody else has the partition. Throws RetriableError while the database is away. */
  send(commit: PartitionCommit): Promise<boolean> {
    return this.#commits.add(commit)
  }
}

async function store(
  pool: pg.Pool,
  { group, memberId }: { readonly group: string; readonly memberId: string },
  commits: readonly PartitionCommit[],
): Promise<boolean[]> {
  const latest = latestOf(commits)
  // The row locks make whoever takes a partition over wait for this commit, and this commit see that it was taken.
  const { rows } = await attempt(() =>
    pool.query<{ topic: string; partition: number }>(
      `with asked as (
         select * from unnest($3::text[], $4::int[], $5::bigint[], $6::bigint[], $7::text[])
           as a(topic, partition, generation, next_offset, note)),
       mine as (
         select a.topic, a.partition, a.next_offset, a.note
         from event_log.assignments s
         join asked a on a.topic = s.topic and a.partition = s.partition and a.generation = s.generation
         where s.group_name = $1 and s.member_id = $2
         order by s.topic, s.partition for share of s)
       insert into event_log.commits as c (group_name, topic, partition, next_offset, note)
       select $1, topic, partition, next_offset, note from mine
       on conflict (group_name, topic, partition)
       do update set next_offset = coalesce(excluded.next_offset, c.next_offset), note = excluded.note
       returning topic, partition`,
      [
        group,
        memberId,
        latest.map(({ topic }) => topic),
        latest.map(({ partition }) => partition),
        latest.map(({ generation }) => generation),
        latest.map(({ next }) => (next === null ? null : String(next))),
        latest.map(({ note }) => note),
      ],
    ),
  )
  const stored = new Set(rows.map(nameOf))
  return commits.map((commit) => stored.has(nameOf(commit)))
}

/** One word on each partition: the later position and the later note. */
function latestOf(commits: readonly PartitionCommit[]): PartitionCommit[] {
  const latest = new Map<string, PartitionCommit>()
  for (const commit of commits) {
    const before = latest.get(nameOf(commit))
    latest.set(nameOf(commit), { ...commit, next: commit.next ?? before?.next ?? null })
  }
  return [...latest.values()]
}

function nameOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}:${partition}`
}
