import { createHash } from 'node:crypto'
import { liveTopics, topicName, topics, type Topic } from '@streamkeeper/contracts'
import type { ObjectStore } from '@streamkeeper/pipeline'
import { until } from '@streamkeeper/testkit'
import type { SinkObject, Sinks } from '../checker/types.js'
import type { ServiceName, System } from './start-system.js'

const ours = (Object.keys(topics) as Topic[]).filter((topic) => topic.startsWith('moderation.'))

/** Consumer groups of a service and what they read. */
const groups: Readonly<Record<ServiceName, readonly { readonly lane: string; readonly topics: readonly Topic[] }[]>> = {
  ingest: [{ lane: 'ingest', topics: liveTopics }],
  screen: [
    { lane: 'screen-media', topics: ['moderation.segments'] },
    { lane: 'screen-chat', topics: ['moderation.chat'] },
  ],
  escalate: [
    { lane: 'escalate', topics: ['moderation.signals'] },
    { lane: 'escalate-watch', topics: ['moderation.segments', 'moderation.acks'] },
    { lane: 'escalate-held', topics: ['moderation.verdicts'] },
  ],
  archive: [
    { lane: 'archive-segments', topics: ['moderation.segments'] },
    { lane: 'archive', topics: ours },
  ],
  console: [],
}

/** Waits until every service has read everything, then reads what all sinks hold. */
export async function readSinks(system: System, withinMs = 60_000): Promise<Sinks> {
  const lag = await waitForLag(system, withinMs)
  const records = await system.recorder.caughtUp(withinMs)
  const runs = (service: ServiceName): boolean => system.services.has(service)
  const rows = <T>(isThere: boolean, query: string): Promise<T[]> | null =>
    isThere ? system.database.pool.query(query).then((answer) => answer.rows as T[]) : null
  const segment = 'stream_id "streamId", sequence::float8 sequence, sha256, spool_key "spoolKey"'
  const [staged, decides] = [runs('archive'), runs('escalate')]
  return {
    records,
    objects: [...(await objectsIn(system.spool, 'spool')), ...(await objectsIn(system.archive, 'archive'))],
    segments: await rows(runs('ingest'), `select ${segment} from stream_segments`),
    stagedSegments: await rows(staged, `select ${segment} from staged_segments`),
    stagedBatches: await stagedBatches(system, staged),
    cases: await rows(decides, 'select case_id "caseId", stream_id "streamId", state from cases'),
    decisions: await rows(
      decides,
      'select decision_id "decisionId", case_id "caseId", stream_id "streamId" from decisions',
    ),
    commands: await rows(
      decides,
      `select command_id "commandId", stream_id "streamId", coalesce(sequence, -place) sequence, case_id "caseId", decision_id "decisionId", action from commands`,
    ),
    unpublished: decides ? await unpublished(system) : 0,
    lag,
    judged: runs('screen'),
  }
}

async function waitForLag(system: System, withinMs: number): Promise<Record<string, number>> {
  const wanted = [...system.services.keys()].flatMap((service) => groups[service])
  let lag: Record<string, number> = {}
  // Twice in a row: between two looks at one moment a record may have gone from one group to the next.
  let quiet = 0
  const measure = async (): Promise<boolean> => {
    lag = Object.fromEntries(
      await Promise.all(wanted.map(async ({ lane, topics }) => [lane, await lagOf(system, lane, topics)] as const)),
    )
    quiet = Object.values(lag).every((records) => records === 0) ? quiet + 1 : 0
    return quiet >= 2
  }
  // What is still behind after that time is for the checker to find.
  await until(measure, { what: 'all is read', withinMs, everyMs: 300 }).catch((error: unknown) =>
    process.stderr.write(`${String(error)}: ${JSON.stringify(lag)}\n`),
  )
  return lag
}

async function lagOf({ log, prefix }: System, lane: string, topics: readonly Topic[]): Promise<number> {
  const names = topics.map((topic) => topicName(prefix, topic))
  const lags = await log.lag(`${prefix}streamkeeper-${lane}`, names)
  return lags.reduce((sum, { end, committed }) => sum + Number(end - committed), 0)
}

async function objectsIn(store: ObjectStore, kind: SinkObject['store']): Promise<SinkObject[]> {
  const keys: string[] = []
  for (;;) {
    const page = await store.list('', 1_000, keys.at(-1))
    keys.push(...page.map((one) => one.key))
    if (page.length < 1_000) break
  }
  const objects: SinkObject[] = []
  for (const key of keys) {
    // The spool keeps no versions; that its bytes are the ones that were sent is seen by reading them.
    const versions = kind === 'archive' ? await store.versions(key) : [await readBack(store, key)]
    objects.push({ store: kind, key, versions })
  }
  return objects
}

async function readBack(store: ObjectStore, key: string): Promise<{ versionId: string; sha256: string }> {
  const bytes = (await store.get(key))?.bytes ?? Buffer.alloc(0)
  return { versionId: 'current', sha256: createHash('sha256').update(bytes).digest('hex') }
}

async function stagedBatches({ database, prefix }: System, isThere: boolean): Promise<Sinks['stagedBatches']> {
  if (!isThere) return null
  const { rows } = await database.pool.query(
    `select topic, partition, first_offset::float8 "firstOffset", last_offset::float8 "lastOffset", records from staged_batches`,
  )
  return (rows as NonNullable<Sinks['stagedBatches']>[number][]).map((row) => ({
    ...row,
    topic: row.topic.startsWith(prefix) ? row.topic.slice(prefix.length) : row.topic,
  }))
}

async function unpublished({ database }: System): Promise<number> {
  const { rows } = await database.pool.query('select count(*)::int "count" from outbox where published_at is null')
  return (rows[0] as { count: number }).count
}
