import type pg from 'pg'

export interface MemberIdentity {
  readonly group: string
  readonly memberId: string
  readonly topics: readonly string[]
}

export interface Place {
  readonly topic: string
  readonly partition: number
}

export interface Taken extends Place {
  readonly generation: number
  readonly note: string | null
  /** Next offset to read. */
  readonly position: bigint
}

export interface Balance {
  /** Partitions that this member has and should hand on. */
  readonly revoked: readonly Place[]
  /** Partitions that somebody else has taken from this member, as from one that was silent for too long. */
  readonly lost: readonly Place[]
  /** Partitions that are this member's from now on. */
  readonly taken: readonly Taken[]
}

interface AssignmentRow {
  readonly topic: string
  readonly partition: number
  readonly member_id: string
}

/**
 * One look of a member at its group, under the group's lock: says that it lives, forgets members that have been silent for
 * `sessionMs`, and takes those of its share that nobody has. What another one must give up is left to that one.
 */
export async function balance(
  client: pg.ClientBase,
  { group, memberId, topics }: MemberIdentity,
  { held, sessionMs }: { readonly held: readonly Place[]; readonly sessionMs: number },
): Promise<Balance> {
  await client.query(`select pg_advisory_xact_lock(hashtextextended($1, 3))`, [group])
  await client.query(
    `insert into event_log.members values ($1, $2, $3, clock_timestamp())
     on conflict (group_name, member_id) do update set seen_at = excluded.seen_at`,
    [group, memberId, JSON.stringify(topics)],
  )
  await client.query(
    `delete from event_log.members where group_name = $1 and seen_at < clock_timestamp() - $2 * interval '1 ms'`,
    [group, sessionMs],
  )
  const members = await client.query<{ member_id: string; topics: string[] }>(
    'select member_id, topics from event_log.members where group_name = $1 order by member_id',
    [group],
  )
  const alive = new Set(members.rows.map((row) => row.member_id))
  const assigned = await client.query<AssignmentRow>(
    'select topic, partition, member_id from event_log.assignments where group_name = $1',
    [group],
  )
  const owners = new Map(assigned.rows.map((row) => [nameOf(row), row.member_id]))
  const wanted = await shareOf(client, memberId, topics, members.rows)
  const share = new Set(wanted.map(nameOf))
  const isMine = (place: Place): boolean => owners.get(nameOf(place)) === memberId
  const isFree = (place: Place): boolean => !alive.has(owners.get(nameOf(place)) ?? '')
  const known = new Set(held.map(nameOf))
  return {
    lost: held.filter((place) => !isMine(place)),
    revoked: held.filter((place) => isMine(place) && !share.has(nameOf(place))),
    // A row of ours that no stay stands for was left by a start that failed half-way.
    taken: await take(
      client,
      { group, memberId },
      wanted.filter((place) => isFree(place) || (isMine(place) && !known.has(nameOf(place)))),
    ),
  }
}

/** Round robin over the members that read a topic, by their ids: everybody comes to the same answer. */
async function shareOf(
  client: pg.ClientBase,
  memberId: string,
  topics: readonly string[],
  members: readonly { readonly member_id: string; readonly topics: readonly string[] }[],
): Promise<Place[]> {
  const heads = await client.query<{ topic: string; partition: number }>(
    'select topic, partition from event_log.heads where topic = any($1) order by topic, partition',
    [topics],
  )
  return heads.rows.filter(({ topic, partition }) => {
    const readers = members.filter((member) => member.topics.includes(topic))
    return readers[partition % readers.length]?.member_id === memberId
  })
}

async function take(
  client: pg.ClientBase,
  { group, memberId }: Pick<MemberIdentity, 'group' | 'memberId'>,
  places: readonly Place[],
): Promise<Taken[]> {
  if (places.length === 0) return []
  const { rows } = await client.query<{
    topic: string
    partition: number
    generation: string
    note: string | null
    position: string
  }>(
    `with taken as (
       insert into event_log.assignments as a (group_name, topic, partition, member_id, generation)
       select $1, w.topic, w.partition, $2, nextval('event_log.generations')
       from unnest($3::text[], $4::int[]) as w(topic, partition)
       on conflict (group_name, topic, partition)
       do update set member_id = excluded.member_id, generation = excluded.generation
       returning a.topic, a.partition, a.generation)
     select t.topic, t.partition, t.generation, c.note,
       greatest(coalesce(c.next_offset, h.first_offset), h.first_offset) as position
     from taken t
     join event_log.heads h on h.topic = t.topic and h.partition = t.partition
     left join event_log.commits c on c.group_name = $1 and c.topic = t.topic and c.partition = t.partition`,
    [group, memberId, places.map((place) => place.topic), places.map((place) => place.partition)],
  )
  return rows.map((row) => ({ ...row, generation: Number(row.generation), position: BigInt(row.position) }))
}

/** Gives partitions back, so that the next look of another member takes them. */
export async function release(
  client: pg.Pool | pg.ClientBase,
  { group, memberId }: Pick<MemberIdentity, 'group' | 'memberId'>,
  places: readonly Place[],
): Promise<void> {
  await client.query(
    `delete from event_log.assignments a using unnest($3::text[], $4::int[]) as w(topic, partition)
     where a.group_name = $1 and a.member_id = $2 and a.topic = w.topic and a.partition = w.partition`,
    [group, memberId, places.map((place) => place.topic), places.map((place) => place.partition)],
  )
}

/** Leaves the group with everything that the member has. */
export async function leave(
  pool: pg.Pool,
  { group, memberId }: Pick<MemberIdentity, 'group' | 'memberId'>,
): Promise<void> {
  await pool.query(
    `with gone as (delete from event_log.members where group_name = $1 and member_id = $2)
     delete from event_log.assignments where group_name = $1 and member_id = $2`,
    [group, memberId],
  )
}

export function nameOf({ topic, partition }: Place): string {
  return `${topic}:${partition}`
}
